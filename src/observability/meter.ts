// Where parts of the house count what they do, in words of the table; how it is added up is metrics.ts' business.

import { METRICS } from './metric-table.ts';

type Table = typeof METRICS;
type OfType<Type> = {
  [Name in keyof Table]: Table[Name]['type'] extends Type ? Name : never;
}[keyof Table];

export type CounterName = OfType<'counter'>;
export type HistogramName = OfType<'histogram'>;
export type GaugeName = OfType<'gauge'>;

/** Each label of it, and no other. */
export type LabelsOf<Name extends keyof Table> = Readonly<
  Record<Table[Name]['labels'][number], string>
>;

export interface Meter {
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, value: number): void;
  /** Asked whenever somebody looks. A value that is null is not known, and not shown. */
  read<Name extends GaugeName>(name: Name, now: () => Iterable<Reading<Name>>): void;
}

export type Reading<Name extends GaugeName> = readonly [
  labels: LabelsOf<Name>,
  value: number | null,
];

/** For who does not care. */
export const NO_METER: Meter = {
  count: () => undefined,
  observe: () => undefined,
  read: () => undefined,
};
