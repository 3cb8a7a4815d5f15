// A moment that a test waits for or brings about: closed at first, opened once.

export type Gate = { readonly opened: Promise<void>; open(): void };

export function createGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
