// Adds up what the meter is told, and prints it for Prometheus. Each gateway has a registry of its own.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { GaugeName, Meter, Reading } from './meter.ts';
import { METRICS, type MetricShape } from './metric-table.ts';

export interface Metrics extends Meter {
  /** All of them in the text format. */
  print(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsParts {
  /** Whether the numbers of the process are among them: they are of all gateways in it. Absent, they are not. */
  readonly ofProcess?: boolean;
}

export function openMetrics({ ofProcess = false }: MetricsParts = {}): Metrics {
  const register = new Registry();
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  if (ofProcess) collectDefaultMetrics({ register });

  const table: [string, MetricShape][] = Object.entries(METRICS);
  for (const [name, { type, help, labels, buckets = [] }] of table) {
    const shape = { name, help, labelNames: [...labels], registers: [register] };
    if (type === 'counter') counters.set(name, new Counter(shape));
    if (type === 'histogram') {
      histograms.set(name, new Histogram({ ...shape, buckets: [...buckets] }));
    }
  }

  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    read<Name extends GaugeName>(name: Name, now: () => Iterable<Reading<Name>>) {
      const { help, labels } = METRICS[name];
      register.removeSingleMetric(name);
      const gauge = new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [],
        collect() {
          this.reset();
          for (const [of, value] of now()) if (value !== null) this.set({ ...of }, value);
        },
      });
      register.registerMetric(gauge);
    },
    print: () => register.metrics(),
    contentType: register.contentType,
  };
}
