// What the page for operators says of numbers is so: each is named, and no alert waits for one there is not.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withParts } from '../../docs/marked-parts.ts';
import { partsFromMetrics } from '../../docs/metric-tables.ts';
import { METRICS, type MetricShape } from '../../src/observability/metric-table.ts';
import { listAt, textAt } from '../support/answer.ts';

const page = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8');
const table: Readonly<Record<string, MetricShape>> = METRICS;

describe('docs/operating.md', () => {
  it('names every number there is, as `npm run docs` prints them', () => {
    expect(withParts(page, partsFromMetrics())).toBe(page);
    for (const name of Object.keys(METRICS)) expect(page).toContain(`| \`${name}\` `);
  });

  it('has alerts for numbers and labels that there are', () => {
    const [, yaml = ''] = /```yaml\n(groups:[^]*?)```/.exec(page) ?? [];
    const rules = listAt(parse(yaml), 'groups.0.rules');

    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) {
      const expression = textAt(rule, 'expr');
      const named = [...expression.matchAll(/(parlance_\w+)(?:\{(\w+)=)?/g)];
      expect(named).not.toEqual([]);
      for (const [, name = '', label] of named) {
        const shape = table[name] ?? table[name.replace(/_bucket$/, '')];
        const isBucket = name.endsWith('_bucket');
        const labels = label === undefined ? [] : [label];
        expect([name, shape?.type]).toEqual([name, expect.any(String)]);
        expect(shape?.type === 'histogram' || !isBucket).toBe(true);
        expect(shape?.labels).toEqual(expect.arrayContaining(labels));
      }
    }
  });
});
