// Seals what a walk remembers into text that a client can neither read nor forge, bound to the question it belongs to.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { LaneState } from './lane.ts';
import type { WalkState } from './merge.ts';

export interface CursorSeal {
  seal(walk: WalkState, question: string): string;
  /** `forged`: not written by this gateway. `other-question`: written for another filter or conversation. */
  open(cursor: string, question: string): WalkState | 'forged' | 'other-question';
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function cursorSeal(secret: string): CursorSeal {
  const key = derive(secret, 'cursor encryption');
  const nonceKey = derive(secret, 'cursor nonce');
  const questionKey = derive(secret, 'cursor question');

  const fingerprint = (question: string) =>
    createHmac('sha256', questionKey).update(question).digest('base64url').slice(0, 22);

  return {
    seal(walk, question) {
      const text = JSON.stringify([1, fingerprint(question), walkToWire(walk)]);
      // A nonce made from the text needs no chance and repeats only for the same text: the same place, the same cursor.
      const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(cursor, question) {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== cursor) {
        return 'forged';
      }
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      let said: unknown;
      try {
        const text = Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
          decipher.final(),
        ]);
        said = JSON.parse(text.toString('utf8'));
      } catch {
        return 'forged';
      }
      if (!Array.isArray(said) || said[0] !== 1) return 'forged';
      if (said[1] !== fingerprint(question)) return 'other-question';
      return walkFromWire(said[2]) ?? 'forged';
    },
  };
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'parlance', purpose, 32));
}

function walkToWire(walk: WalkState): unknown {
  return Object.entries(walk).map(([key, { at, trail, timeMs, ids, passed, done }]) =>
    done ? [key] : [key, at, trail, timeMs, ids, passed],
  );
}

function walkFromWire(wire: unknown): WalkState | undefined {
  if (!Array.isArray(wire)) return undefined;
  const lanes: [string, LaneState][] = [];
  for (const lane of wire) {
    if (!Array.isArray(lane)) return undefined;
    const [key, at, trail, timeMs, ids, passed]: unknown[] = lane;
    if (typeof key !== 'string') return undefined;
    lanes.push([
      key,
      {
        at: typeof at === 'string' ? at : null,
        trail: strings(trail),
        timeMs: typeof timeMs === 'number' ? timeMs : null,
        ids: strings(ids),
        passed: typeof passed === 'number' ? passed : 0,
        done: lane.length === 1,
      },
    ]);
  }
  return Object.fromEntries(lanes);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
