// How Botpress says no. The vendor's client needs id, code, type and message, all four, or it forgets the type.

import type { Clock, EmulatorAnswer } from '../emulator.ts';
import { digest } from './ids.ts';
import type { Switches } from './switches.ts';

const CODES = {
  InvalidPayload: 400,
  InvalidQuery: 400,
  ReferenceNotFound: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  ResourceNotFound: 404,
  MethodNotFound: 405,
  ResourceLockedConflict: 409,
  ResourceGone: 410,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  RateLimited: 429,
  Internal: 500,
  OperationTimeout: 504,
} as const;

export type ErrorType = keyof typeof CODES;

/** Thrown by whatever reads a request, so that each operation tells only its good story. Caught once. */
export class Refusal extends Error {
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string) {
    super(message);
    this.type = type;
  }
}

export interface ErrorWording {
  refuse(refusal: Refusal): EmulatorAnswer;
  /** An injected status, in the type that usually goes with it. */
  wordFault(status: number): EmulatorAnswer;
}

export function errorWording(shape: Switches['errorShape'], clock: Clock): ErrorWording {
  let count = 0;

  function word(code: number, type: string, message: string): EmulatorAnswer {
    if (shape === 'docs') {
      return { status: code, body: { type, description: message, status: code } };
    }
    // The vendor's own ids look so: err_, a date and time without signs, x, eight hex digits.
    count += 1;
    const stamp = new Date(clock()).toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const id = `err_${stamp}x${digest(`error ${count}`).slice(0, 8).toUpperCase()}`;
    return { status: code, body: { id, code, type, message } };
  }

  return {
    refuse: ({ type, message }) => word(CODES[type], type, message),
    wordFault: (status) => {
      const [type] = Object.entries(CODES).find(([, code]) => code === status) ?? ['Unknown'];
      return word(status, type, `This ${status} was injected; remove the fault to be answered.`);
    },
  };
}
