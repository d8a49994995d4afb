// A failure becomes an error of the schema here, once: its class, its code and a sentence that says what to do next.

import { GraphQLError } from 'graphql';
import type { Failure, Issue, Outcome } from '../src/domain/failure.ts';

export type ErrorCode =
  | 'INVALID_INPUT'
  | 'UNAUTHENTICATED'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNSUPPORTED'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'PROVIDER_UNAVAILABLE'
  | 'PROVIDER_REFUSED'
  | 'PROVIDER_AUTH'
  | 'OUTCOME_UNKNOWN'
  | 'GATEWAY_UNAVAILABLE';

/** Thrown by resolvers only: the errors plugin makes a union member of it, a read an entry of `errors`. */
export abstract class FailureError extends GraphQLError {
  readonly failure: Failure;
  readonly code: ErrorCode;

  constructor(failure: Failure, code: ErrorCode) {
    super(shortened(sentenceOf(failure)), { extensions: extensionsOf(failure, code) });
    this.failure = failure;
    this.code = code;
  }
}

abstract class ErrorOf<Kind extends Failure['kind']> extends FailureError {
  declare readonly failure: Extract<Failure, { kind: Kind }>;
}

export class InvalidInputError extends ErrorOf<'invalid-input'> {}
export class NotFoundError extends ErrorOf<'not-found'> {}
export class ForbiddenError extends ErrorOf<'forbidden' | 'not-allowed'> {}
export class UnsupportedError extends ErrorOf<'unsupported'> {}
export class ConflictError extends ErrorOf<'conflict' | 'key-in-use'> {}
export class RateLimitedError extends ErrorOf<'rate-limited' | 'share-spent'> {}
export class ProviderUnavailableError extends ErrorOf<'unavailable'> {}
export class ProviderRefusedError extends ErrorOf<'refused'> {}
export class ProviderAuthError extends ErrorOf<'credential-refused'> {}
export class OutcomeUnknownError extends ErrorOf<'outcome-unknown'> {}
export class GatewayUnavailableError extends ErrorOf<'gateway-unavailable'> {}

export function errorOf(whole: Failure): FailureError {
  const failure = brief(whole);
  switch (failure.kind) {
    case 'invalid-input':
      return new InvalidInputError(failure, 'INVALID_INPUT');
    case 'not-found':
      return new NotFoundError(failure, 'NOT_FOUND');
    case 'forbidden':
    case 'not-allowed':
      return new ForbiddenError(failure, 'FORBIDDEN');
    case 'unsupported':
      return new UnsupportedError(failure, 'UNSUPPORTED');
    case 'conflict':
    case 'key-in-use':
      return new ConflictError(failure, 'CONFLICT');
    case 'rate-limited':
    case 'share-spent':
      return new RateLimitedError(failure, 'RATE_LIMITED');
    case 'unavailable':
      return new ProviderUnavailableError(failure, 'PROVIDER_UNAVAILABLE');
    case 'refused':
      return new ProviderRefusedError(failure, 'PROVIDER_REFUSED');
    case 'credential-refused':
      return new ProviderAuthError(failure, 'PROVIDER_AUTH');
    case 'outcome-unknown':
      return new OutcomeUnknownError(failure, 'OUTCOME_UNKNOWN');
    case 'gateway-unavailable':
      return new GatewayUnavailableError(failure, 'GATEWAY_UNAVAILABLE');
  }
}

/** Whoever reads it needs no more; what was sent once may be repeated for each field of an answer. */
const MOST_CHARACTERS = 1000;
const MOST_ISSUES = 50;

function brief(failure: Failure): Failure {
  if (failure.kind !== 'invalid-input') return failure;
  const [first, ...rest] = failure.issues;
  const others = rest.slice(0, MOST_ISSUES - 1);
  return { kind: 'invalid-input', issues: [inShort(first), ...others.map(inShort)] };
}

function inShort({ path, message }: Issue): Issue {
  return { path, message: shortened(message) };
}

/** Its end is what to do about it. */
function shortened(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const half = MOST_CHARACTERS / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** The value of an outcome, or its failure thrown as the error it is. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw errorOf(outcome.failure);
}

export function invalidInput(path: string, message: string): FailureError {
  return invalidInputs([{ path, message }]);
}

export function invalidInputs(issues: readonly [Issue, ...Issue[]]): FailureError {
  return errorOf({ kind: 'invalid-input', issues });
}

function sentenceOf(failure: Failure): string {
  switch (failure.kind) {
    case 'invalid-input':
      return failure.issues
        .map(({ path, message }) => (path ? `${path}: ${message}` : message))
        .join(' ');
    case 'not-found':
      return `There is no ${failure.what}. It may have been deleted; list again to see what there is.`;
    case 'forbidden':
      return `${failure.provider} does not let this account do that: ${ended(failure.said)} Ask its owner for access.`;
    case 'unsupported':
      return failure.note;
    case 'conflict':
      return `${failure.provider} has something that stands against it: ${ended(failure.said)} Read it again before changing it.`;
    case 'key-in-use':
    case 'not-allowed':
      return failure.said;
    case 'share-spent':
      return `You have asked this gateway too often. ${again(failure.retryAt)}`;
    case 'rate-limited':
      return `${failure.provider} has been asked too often. ${again(failure.retryAt)}`;
    case 'unavailable':
      return `${failure.provider} cannot be had: ${failure.because}. ${again(failure.retryAt)}`;
    case 'refused':
      return `${failure.provider} refused: ${ended(failure.said)} Change what was asked.`;
    case 'credential-refused':
      return `${failure.provider} refused this gateway's own credential: ${ended(failure.said)} Its operator must renew it in the config.`;
    case 'outcome-unknown':
      return `Whether ${failure.provider} did it is not known: ${failure.because}. Read it again before asking once more.`;
    case 'gateway-unavailable':
      return `This gateway's own memory is out of reach: ${failure.because}. Nothing was done; try again in a moment.`;
  }
}

function ended(sentence: string): string {
  const text = sentence.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function again(retryAt: Date | null): string {
  return retryAt ? `Try again after ${retryAt.toISOString()}.` : 'Try again in a moment.';
}

function extensionsOf(failure: Failure, code: ErrorCode): Record<string, unknown> {
  switch (failure.kind) {
    case 'invalid-input':
      return { code, issues: failure.issues };
    case 'not-found':
    case 'key-in-use':
    case 'not-allowed':
    case 'gateway-unavailable':
      return { code };
    case 'share-spent':
      return { code, retryAt: failure.retryAt.toISOString() };
    case 'rate-limited':
    case 'unavailable':
      return { code, provider: failure.provider, retryAt: failure.retryAt?.toISOString() ?? null };
    case 'forbidden':
    case 'unsupported':
    case 'conflict':
    case 'refused':
    case 'credential-refused':
    case 'outcome-unknown':
      return { code, provider: failure.provider };
  }
}
