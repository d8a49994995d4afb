// Waiting that ends with a signal, and telling the end of somebody's time from their going away.

/** Undefined where the signal came first; the work itself goes on. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  work.catch(() => undefined);
  if (signal.aborted) return undefined;
  let giveUp = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
    signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Resolves after so long, or when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Whether it was aborted because time was up. */
export function isDeadline(signal: AbortSignal): boolean {
  const why: unknown = signal.reason;
  return signal.aborted && why instanceof DOMException && why.name === 'TimeoutError';
}
