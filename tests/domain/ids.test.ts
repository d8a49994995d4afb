import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeId, encodeId, type GlobalId, providerName } from '../../src/domain/ids.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/).map(providerName);
const nativeId = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !/\p{Surrogate}/u.test(text))
  .filter((text) => !text.split(/[\\/]/).some((part) => part === '.' || part === '..'));

const id: fc.Arbitrary<GlobalId> = fc.oneof(
  fc.record({ type: fc.constant('Provider' as const), provider: name }),
  fc.record({
    type: fc.constant('Conversation' as const),
    conversation: fc.record({ provider: name, nativeId }),
  }),
  fc.record({
    type: fc.constant('Message' as const),
    message: fc.record({ conversation: fc.record({ provider: name, nativeId }), nativeId }),
  }),
  fc.record({
    type: fc.constantFrom('Contact' as const, 'Participant' as const),
    provider: name,
    nativeId,
  }),
);

describe('a global id', () => {
  it('says after the journey what it said before, whatever a provider puts into its own ids', () => {
    fc.assert(
      fc.property(id, (before) => {
        expect(decodeId(encodeId(before))).toEqual(before);
      }),
    );
  });

  it('has one spelling: no other text reads as the same id', () => {
    fc.assert(
      fc.property(
        id,
        fc.nat(),
        fc.constantFrom('A', 'z', '=', ' ', '-', '+'),
        (of, place, letter) => {
          const text = encodeId(of);
          const at = place % (text.length + 1);
          const changed = text.slice(0, at) + letter + text.slice(at + 1);
          fc.pre(changed !== text);

          expect(decodeId(changed)).not.toEqual(of);
        },
      ),
    );
  });

  it('is told from any text that is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = decodeId(text);

        expect(read === undefined || encodeId(read) === text).toBe(true);
      }),
    );
  });

  it('is none where it is longer than any could be', () => {
    const endless = encodeId({
      type: 'Conversation',
      conversation: { provider: providerName('website'), nativeId: 'a'.repeat(20_000) },
    });

    expect(decodeId(endless)).toBeUndefined();
  });

  it.each(['.', '..', '../users', 'a/../../users', '..\\users', 'a/.'])(
    'is none where it would climb out of its folder: %s',
    (climbing) => {
      const forged = encodeId({
        type: 'Conversation',
        conversation: { provider: providerName('website'), nativeId: climbing },
      });

      expect(decodeId(forged)).toBeUndefined();
    },
  );
});
