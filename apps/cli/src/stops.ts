/** Signals that ask us to stop, and what an ended shell learns of them. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Stop {
  signal: StopSignal;
  /** 1 for the first. */
  count: number;
}

/** npm passes on a signal that the terminal has already given us: within this time two are one. */
const SAME_PRESS_MS = 500;

/** Tells of each request to stop until the returned function is called; from then on signals do what they always do. */
export function listenForStops(onStop: (stop: Stop) => void): () => void {
  let count = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  const listen = (signal: StopSignal) => () => {
    const now = performance.now();
    if (now - lastAt < SAME_PRESS_MS) return;
    lastAt = now;
    count += 1;
    onStop({ signal, count });
  };
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [signal, listen(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/** Stops as a command wants them that has things to end: the first one, and a listener for those after it. */
export interface Stops {
  /** Fires at the first. */
  readonly signal: AbortSignal;
  readonly firstStop: Promise<Stop>;
  /** Tells of the second and later ones. */
  onFurther(listener: () => void): void;
  ignore(): void;
}

export function openStops(): Stops {
  const first = new AbortController();
  let further = () => {};
  let resolveFirst: (stop: Stop) => void = () => {};
  const firstStop = new Promise<Stop>((resolve) => {
    resolveFirst = resolve;
  });
  const ignore = listenForStops((stop) => {
    if (stop.count > 1) return further();
    resolveFirst(stop);
    first.abort();
  });
  return {
    signal: first.signal,
    firstStop,
    onFurther: (listener) => {
      further = listener;
    },
    ignore,
  };
}
