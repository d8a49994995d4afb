import { describe, expect, it } from 'vitest';
import { documentCache } from '../../src/server/bounds/documents.ts';

describe('the documents kept', () => {
  it('are those of the usual length', () => {
    const cache = documentCache<string>();

    cache.set('{ short }', 'parsed');

    expect(cache.get('{ short }')).toBe('parsed');
  });

  it('are none that take a lot of room', () => {
    const cache = documentCache<string>();
    const long = `{ short } ${'#'.repeat(10_000)}`;

    cache.set(long, 'parsed');

    expect(cache.get(long)).toBeUndefined();
  });

  it('are not many: the oldest makes room', () => {
    const cache = documentCache<number>();

    for (let index = 0; index < 1000; index += 1) cache.set(`{ a${index} }`, index);

    expect(cache.get('{ a0 }')).toBeUndefined();
    expect(cache.get('{ a999 }')).toBe(999);
  });
});
