// docs/limits.md and parlance.config.example.yaml: the bounds they name are the bounds there are.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LIMITS } from '../../src/server/bounds/limits.ts';
import { at } from '../support/answer.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/limits.md', root), 'utf8');
const example: unknown = parse(readFileSync(new URL('parlance.config.example.yaml', root), 'utf8'));

describe('what is said of what one operation may ask for', () => {
  it.each(Object.entries(LIMITS))('is so for %s, on its page and in the example', (name, bound) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));

    expect(row?.split('|')[2]?.trim()).toBe(String(bound));
    expect(at(example, `limits.${name}`)).toBe(bound);
  });
});
