// How Chatling says no. Only "too many requests" is documented; everything else is worded in one of two plausible ways.

import type { EmulatorAnswer } from '../emulator.ts';
import type { Switches } from './switches.ts';

/** What is wrong, by the field it is wrong with. */
export type Problems = Readonly<Record<string, string>>;

export interface Refusals {
  unauthenticated(): EmulatorAnswer;
  notFound(what: string): EmulatorAnswer;
  methodNotAllowed(allowed: readonly string[]): EmulatorAnswer;
  invalid(problems: Problems): EmulatorAnswer;
  /** A body that names something that is not there. */
  unknownReference(field: string, what: string): EmulatorAnswer;
  outOfCredits(): EmulatorAnswer;
  tooManyRequests(): EmulatorAnswer;
  word(status: number): EmulatorAnswer;
}

export function refusalsIn(errors: Switches['errors']): Refusals {
  const say = (status: number, message: string): EmulatorAnswer => ({
    status,
    body: errors === 'plain' ? { status: 'error', message } : { message },
  });

  function invalid(problems: Problems): EmulatorAnswer {
    const [first = 'The given data was invalid.', ...others] = Object.values(problems);
    if (errors === 'plain') return say(422, first);
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const byField = Object.entries(problems).map(([field, message]) => [field, [message]]);
    return {
      status: 422,
      body: { message: `${first}${more}`, errors: Object.fromEntries(byField) },
    };
  }

  return {
    unauthenticated: () => say(401, 'Unauthenticated.'),
    notFound: (what) => say(404, `${what} not found.`),
    methodNotAllowed: (allowed) => ({
      ...say(405, `This method is not supported here. Supported: ${allowed.join(', ')}.`),
      headers: { allow: allowed.join(', ') },
    }),
    invalid,
    // Laravel checks references while validating; a hand-written service looks them up after.
    unknownReference: (field, what) =>
      errors === 'plain'
        ? say(404, `${what} not found.`)
        : invalid({ [field]: `The selected ${field} is invalid.` }),
    outOfCredits: () => say(402, 'Insufficient AI credits'),
    tooManyRequests,
    word: (status) =>
      status === 429 ? tooManyRequests() : say(status, REASONS[status] ?? 'Server error.'),
  };
}

/** Nothing where it is fine, else what is wrong with that field. */
export function problemUnless(fine: boolean, field: string, expected: string): Problems {
  return fine ? {} : { [field]: `The ${field} must be ${expected}.` };
}

export function success(data: unknown): EmulatorAnswer {
  return { status: 200, body: { status: 'success', data } };
}

/** Deletes answer without `data`, not with a null one. */
export function done(): EmulatorAnswer {
  return { status: 200, body: { status: 'success' } };
}

/** The one documented body, whatever the rest is worded like; and no header says how long to wait. */
function tooManyRequests(): EmulatorAnswer {
  return { status: 429, body: { status: 'error', message: 'Too many requests' } };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad request.',
  401: 'Unauthenticated.',
  402: 'Insufficient AI credits',
  403: 'This action is unauthorized.',
  404: 'Not found.',
  405: 'Method not allowed.',
  422: 'The given data was invalid.',
  500: 'Server error.',
  502: 'Bad gateway.',
  503: 'Service unavailable.',
  504: 'Gateway timeout.',
};
