/** Puts Prometheus texts of several queues together: each metric is described once, with all its samples below. */
export function mergeMetrics(texts: readonly string[]): string {
  const metrics = new Map<string, { described: Set<string>; samples: string[] }>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const name = /^(?:# (?:HELP|TYPE) )?([a-zA-Z_:][\w:]*)/.exec(line)?.[1];
    if (name === undefined) continue;
    const metric = metrics.get(name) ?? { described: new Set(), samples: [] };
    metrics.set(name, metric);
    if (line.startsWith('#')) metric.described.add(line);
    else metric.samples.push(line);
  }
  return [...metrics.values()]
    .flatMap(({ described, samples }) => [...described, ...samples])
    .map((line) => `${line}\n`)
    .join('');
}
