// The numbers of a gateway, as Prometheus reads them.

export interface Scraped {
  readonly contentType: string | null;
  readonly text: string;
  /** Null where there is no such row. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | null;
}

export async function scrape(
  { url }: { readonly url: string },
  headers: Record<string, string> = {},
): Promise<Scraped> {
  const response = await fetch(`${url}/metrics`, { headers });
  return read(await response.text(), response.headers.get('content-type'));
}

export function read(text: string, contentType: string | null = null): Scraped {
  const rows = text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: labelsIn(labels), value: Number(value) }];
  });
  return {
    contentType,
    text,
    value(name, labels = {}) {
      const found = rows.filter(
        (row) =>
          row.name === name &&
          Object.entries(labels).every(([label, said]) => row.labels.get(label) === said),
      );
      return found.length === 0 ? null : found.reduce((sum, row) => sum + row.value, 0);
    },
  };
}

function labelsIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', said = '']) => [
      name,
      said,
    ]),
  );
}
