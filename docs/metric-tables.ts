// Every number a gateway gives, as Markdown, read from the table that they are registered by.

import { METRICS, type MetricShape } from '../src/observability/metric-table.ts';
import type { Parts } from './marked-parts.ts';

export function partsFromMetrics(): Parts {
  const table: [string, MetricShape][] = Object.entries(METRICS);
  const rows = table.map(
    ([name, { type, labels, help, promise }]) =>
      `| \`${name}\` ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} | ${promise} |`,
  );
  return {
    metrics: [
      '| name | labels | what it tells | the promise it watches |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
  };
}
