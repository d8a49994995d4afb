// What the readings of one gateway come to: whether what it holds grows, or only goes up and down.

export interface Reading {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Bytes, as all of these. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly handles: Readonly<Record<string, number>>;
  /** Of 100 turns of the event loop 99 were shorter. */
  readonly delayMs: number;
}

export interface Growth {
  /** Of the line through the last two thirds of the readings, an hour. */
  readonly perHour: number;
  /** Between these it lies, as far as 95 of 100 times can be told. */
  readonly from: number;
  readonly to: number;
  /** The mean of those readings. */
  readonly mean: number;
  /** By the line, over that time. */
  readonly grown: number;
}

export interface Verdict {
  readonly heap: Growth;
  readonly rss: Growth;
  readonly handles: Growth;
  readonly longestDelayMs: number;
  /** What is not as it should be, in sentences; none, as a rule. */
  readonly complaints: readonly string[];
}

export interface Allowed {
  /** Bytes that the heap may grow by in the time that is looked at; what is allocated for good settles slowly. */
  readonly heap: number;
  /** Bytes of the whole process: pages that were freed are not given back at once. */
  readonly rss: number;
  /** Sockets, timers and the like. */
  readonly handles: number;
}

export function judge(readings: readonly Reading[], allowed: Allowed): Verdict {
  const late = readings.slice(Math.floor(readings.length / 3));
  const heap = growthOf(late, ({ heapUsed, external }) => heapUsed + external);
  const rss = growthOf(late, (reading) => reading.rss);
  const handles = growthOf(late, handlesIn);
  const complaints = [
    ...complaintOf('the heap', heap, allowed.heap, inMegabytes),
    ...complaintOf('the process', rss, allowed.rss, inMegabytes),
    ...complaintOf('the number of handles', handles, allowed.handles, (count) => count.toFixed(1)),
    ...(late.length < 5
      ? [`there are ${late.length} readings to judge by, which are too few`]
      : []),
  ];
  const longestDelayMs = Math.max(0, ...late.map(({ delayMs }) => delayMs));
  return { heap, rss, handles, longestDelayMs, complaints };
}

export function handlesIn({ handles }: Reading): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0);
}

export function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** It grows where the line surely rises, and by more than may be. */
function complaintOf(
  what: string,
  { from, grown, perHour }: Growth,
  allowed: number,
  inWords: (amount: number) => string,
): readonly string[] {
  if (from <= 0 || grown <= allowed) return [];
  return [`${what} grew by ${inWords(grown)}, which is ${inWords(perHour)} an hour`];
}

const HOUR_MS = 3_600_000;

/** The line of the least squares, and how surely it rises. */
function growthOf(readings: readonly Reading[], of: (reading: Reading) => number): Growth {
  const first = readings[0]?.at ?? 0;
  const points = readings.map((reading) => ({ x: reading.at - first, y: of(reading) }));
  const meanX = meanOf(points.map(({ x }) => x));
  const mean = meanOf(points.map(({ y }) => y));
  const spread = sumOf(points.map(({ x }) => (x - meanX) ** 2));
  const slope =
    spread === 0 ? 0 : sumOf(points.map(({ x, y }) => (x - meanX) * (y - mean))) / spread;
  const residue = sumOf(points.map(({ x, y }) => (y - mean - slope * (x - meanX)) ** 2));
  const error = spread === 0 ? 0 : Math.sqrt(residue / Math.max(1, points.length - 2) / spread);
  const lastX = points.at(-1)?.x ?? 0;
  return {
    perHour: slope * HOUR_MS,
    from: (slope - 1.96 * error) * HOUR_MS,
    to: (slope + 1.96 * error) * HOUR_MS,
    mean,
    grown: slope * lastX,
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sumOf(numbers) / numbers.length;
}
