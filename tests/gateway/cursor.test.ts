import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorSeal } from '../../src/gateway/lists/cursor.ts';
import type { LaneState } from '../../src/gateway/lists/lane.ts';
import type { WalkState } from '../../src/gateway/lists/merge.ts';

const seal = cursorSeal('a secret of this test');
const QUESTION = 'conversations {}';

const DONE: LaneState = { at: null, trail: [], timeMs: null, ids: [], passed: 0, done: true };

const lane: fc.Arbitrary<LaneState> = fc.oneof(
  fc.constant(DONE),
  fc.record({
    at: fc.option(fc.string({ unit: 'grapheme' })),
    trail: fc.array(fc.string(), { maxLength: 4 }),
    timeMs: fc.option(fc.integer({ min: -1, max: 4_102_444_800_000 })),
    ids: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 40 }),
    passed: fc.nat(100_000),
    done: fc.constant(false),
  }),
);

const walk: fc.Arbitrary<WalkState> = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name !== '__proto__'),
  lane,
  { maxKeys: 8, noNullPrototype: true },
);

describe('a cursor', () => {
  it('gives back the place it was made of', () => {
    fc.assert(
      fc.property(walk, fc.string(), (place, question) => {
        expect(seal.open(seal.seal(place, question), question)).toEqual(place);
      }),
    );
  });

  it('is text that can stand in any address', () => {
    fc.assert(
      fc.property(walk, (place) => {
        expect(seal.seal(place, QUESTION)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it('is the same for the same place and question, and no other', () => {
    const cursors = new Set([
      seal.seal(placed({ at: '20' }), QUESTION),
      seal.seal(placed({ at: '20' }), QUESTION),
      seal.seal(placed({ at: '21' }), QUESTION),
      seal.seal(placed({ at: '20' }), 'conversations {"archived":true}'),
      cursorSeal('another secret').seal(placed({ at: '20' }), QUESTION),
    ]);

    expect(cursors.size).toBe(4);
  });

  it('is refused for any other question', () => {
    const cursor = seal.seal(placed({ at: '20' }), QUESTION);

    for (const question of ['', 'conversations', 'conversations {} ', 'messages website 1 false']) {
      expect(seal.open(cursor, question)).toBe('other-question');
    }
  });

  it('is forged where one bit of it was changed', () => {
    const cursor = seal.seal(placed({ at: 'next page', ids: ['a', 'b'] }), QUESTION);
    const bytes = Buffer.from(cursor, 'base64url');

    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);

      expect(seal.open(changed.toString('base64url'), QUESTION)).toBe('forged');
    }
  });

  it('is forged where it was cut, lengthened or put together from two', () => {
    const one = seal.seal(placed({ at: '20' }), QUESTION);
    const other = seal.seal(placed({ at: '40' }), QUESTION);

    for (let length = 0; length < one.length; length += 1) {
      expect(seal.open(one.slice(0, length), QUESTION)).toBe('forged');
    }
    for (const text of [`${one}A`, `A${one}`, one + other, one.slice(0, 40) + other.slice(40)]) {
      expect(seal.open(text, QUESTION)).toBe('forged');
    }
  });

  it('has one spelling', () => {
    const cursor = seal.seal(placed({ at: '20', ids: ['?>?>?>'] }), QUESTION);
    const bytes = Buffer.from(cursor, 'base64url');
    const spellings = [
      bytes.toString('base64').padEnd(cursor.length + 1, '='),
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor}\n`,
      bytes.toString('hex'),
    ];

    for (const spelling of spellings) expect(seal.open(spelling, QUESTION)).toBe('forged');
    expect(seal.open(cursor, QUESTION)).toEqual(placed({ at: '20', ids: ['?>?>?>'] }));
  });

  it('is forged whatever is written instead of one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
        expect(seal.open(text, QUESTION)).toBe('forged');
      }),
    );
  });

  it('is read by every gateway of the same secret, and by none of another', () => {
    const place = placed({ at: '20' });
    const cursor = seal.seal(place, QUESTION);

    expect(cursorSeal('a secret of this test').open(cursor, QUESTION)).toEqual(place);
    expect(cursorSeal('a secret of this tesT').open(cursor, QUESTION)).toBe('forged');
    expect(cursorSeal('').open(cursor, QUESTION)).toBe('forged');
  });

  it('shows nothing of what it holds', () => {
    const cursor = seal.seal(
      placed({ at: 'a-token-of-the-provider', ids: ['conv_01HXYZ'], trail: ['conv_01HABC'] }),
      'conversations {"search":"salary"}',
    );

    for (const bytes of [cursor, Buffer.from(cursor, 'base64url').toString('latin1')]) {
      for (const word of ['website', 'token', 'conv', 'salary', 'conversations', '1750000000000']) {
        expect(bytes).not.toContain(word);
      }
    }
  });

  it('takes little for a lane of which nothing is left', () => {
    const many = Object.fromEntries(
      Array.from({ length: 64 }, (_, index) => [`provider-${index}`, DONE]),
    );

    expect(seal.seal(many, QUESTION).length).toBeLessThan(64 * 30);
    expect(seal.open(seal.seal(many, QUESTION), QUESTION)).toEqual(many);
  });
});

function placed(part: Partial<LaneState>): WalkState {
  return {
    website: {
      at: null,
      trail: [],
      timeMs: 1_750_000_000_000,
      ids: [],
      passed: 20,
      done: false,
      ...part,
    },
    help: DONE,
  };
}
