// Sends deletes one after the other, so that many of them do not crowd out what else the page asks for.

type Sender<Rejection> = {
  /** `last`: no other one waits or is being sent. */
  readonly send: (id: string) => Promise<{ readonly refused: Rejection | null; readonly last: boolean }>;
  /** Those that wait, and the one that is being sent. */
  readonly waiting: () => readonly string[];
  /** Those that were not begun. They are then not sent here. */
  readonly takeWaiting: () => readonly string[];
};

export function createSender<Rejection>(sendOne: (id: string) => Promise<Rejection | null>): Sender<Rejection> {
  const waiting = new Set<string>();
  const handedOver = new Set<string>();
  let current: string | null = null;
  let before: Promise<unknown> = Promise.resolve();
  const run = async (id: string): Promise<Rejection | null> => {
    if (handedOver.delete(id)) return null;
    current = id;
    try {
      return await sendOne(id);
    } finally {
      current = null;
      waiting.delete(id);
    }
  };
  return {
    async send(id) {
      waiting.add(id);
      const own = before.then(() => run(id));
      before = own.catch(() => undefined);
      const refused = await own;
      return { refused, last: waiting.size === 0 };
    },
    waiting: () => [...waiting],
    takeWaiting: () => {
      const ids = [...waiting].filter((id) => id !== current);
      for (const id of ids) {
        waiting.delete(id);
        handedOver.add(id);
      }
      return ids;
    },
  };
}
