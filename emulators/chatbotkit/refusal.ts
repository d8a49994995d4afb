// How ChatBotKit says no: a flat body, one code per reason, and a header on two of them.

import type { EmulatorAnswer } from '../emulator.ts';

export interface Refusal {
  /** The HTTP status; its presence is what tells a refusal from an answer. */
  readonly refused: number;
  readonly code: RefusalCode;
  readonly message: string;
}

export type RefusalCode = keyof typeof WORDS;

const WORDS = {
  BAD_REQUEST: { status: 400, message: 'Bad request' },
  NOT_AUTHENTICATED: { status: 401, message: 'Not authenticated' },
  NO_SUBSCRIPTION: { status: 402, message: 'No subscription' },
  NOT_AUTHORIZED: { status: 403, message: 'Not authorized' },
  NOT_FOUND: { status: 404, message: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'Method not allowed' },
  TIMEOUT: { status: 408, message: 'Timeout' },
  CONFLICT: { status: 409, message: 'Conflict' },
  UNPROCESSABLE_ENTITY: { status: 422, message: 'Unprocessable entity' },
  LIMITS_REACHED: { status: 429, message: 'Limits reached' },
  TOO_MANY_REQUESTS: { status: 429, message: 'Too many requests' },
  INTERNAL_SERVER_ERROR: { status: 500, message: 'Internal server error' },
  NOT_IMPLEMENTED: { status: 501, message: 'Not implemented' },
  BAD_GATEWAY: { status: 502, message: 'Bad gateway' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'Service unavailable' },
  GATEWAY_TIMEOUT: { status: 504, message: 'Gateway timeout' },
} as const;

export function refuse(code: RefusalCode, message: string = WORDS[code].message): Refusal {
  return { refused: WORDS[code].status, code, message };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

export function answerRefusal({ refused, code, message }: Refusal): EmulatorAnswer {
  // Only these two carry the header, whatever else they share a status with.
  const named = code === 'NOT_AUTHORIZED' || code === 'LIMITS_REACHED';
  return {
    status: refused,
    headers: {
      'content-type': 'application/json',
      ...(named ? { 'X-Failure-Code': code } : {}),
    },
    body: { message, code },
  };
}

/**
 * An injected status in the provider's own words. 304 has no body; a status below 300 is the scar of
 * slow JSON answers: the error's body under a success.
 */
export function wordStatus(status: number, tooMany: RefusalCode): EmulatorAnswer {
  if (status === 304) return { status };
  const code = status === 429 ? tooMany : codeOf(status);
  return { ...answerRefusal(refuse(code)), status };
}

function codeOf(status: number): RefusalCode {
  for (const [code, words] of Object.entries(WORDS)) {
    if (words.status === status && isRefusalCode(code)) return code;
  }
  return 'INTERNAL_SERVER_ERROR';
}

export function isRefusalCode(code: string): code is RefusalCode {
  return code in WORDS;
}
