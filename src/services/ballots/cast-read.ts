// Reads for which casts wait. Many casts share one, so a read that hangs on a lost connection is given up, and the next
// cast reads again.

/** Longest read for which a cast waits, in milliseconds. */
const castReadMsMax = 2_000;

/** The read was not answered in time. Nothing was changed. */
export class ReadTooLate extends Error {
  constructor() {
    super('the database did not answer a read in time');
    this.name = 'ReadTooLate';
  }
}

/** The result of a read, or `ReadTooLate`. The read itself ends by the bounds of its connection. */
export async function readForCast<Result>(read: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ReadTooLate()), castReadMsMax);
  });
  // No one waits for a read that fails after it was given up.
  read.catch(() => undefined);
  try {
    return await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
  }
}
