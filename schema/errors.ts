// The errors a mutation may answer with and a source may carry: one closed list.

import type { ProviderName } from '../src/domain/ids.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './error.ts';
import {
  ConflictError,
  ForbiddenError,
  GatewayUnavailableError,
  InvalidInputError,
  NotFoundError,
  OutcomeUnknownError,
  ProviderAuthError,
  ProviderRefusedError,
  ProviderUnavailableError,
  RateLimitedError,
  UnsupportedError,
} from './failure.ts';
import { Provider, providerNamed, Verb } from './provider.ts';

type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Shape>;

/** The field of every error that is somebody's. */
function ofProvider<Shape extends { readonly failure: { readonly provider: ProviderName } }>(
  t: Fields<Shape>,
) {
  return t.field({
    type: Provider,
    description: 'The provider it happened at.',
    resolve: ({ failure }, _args, context) => providerNamed(failure.provider, context),
  });
}

const InputIssue = builder.objectRef<{ path: string; message: string }>('InputIssue').implement({
  description: 'One mistake in an input.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'Where, as you wrote it: `tags.set.0.value`; empty for the whole input.',
    }),
    message: t.exposeString('message', { description: 'What is wrong and how to mend it.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input cannot be meant. Nothing was asked of any provider.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssue],
      description: 'Every mistake that was found.',
      resolve: ({ failure }) => [...failure.issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'There is no such thing, or no longer.',
  interfaces: [ErrorInterface],
});

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description:
    'You may not do that here; or the provider does not let the account behind this gateway do it.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: t.field({
      type: Provider,
      nullable: true,
      description: 'The provider that said no; null where it was this gateway.',
      resolve: ({ failure }, _args, context) =>
        'provider' in failure ? providerNamed(failure.provider, context) : null,
    }),
  }),
});

builder.objectType(UnsupportedError, {
  name: 'UnsupportedError',
  description:
    'This provider cannot do that. Nothing was asked of it; its `capabilities` say what it can.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: ofProvider(t),
    verb: t.field({
      type: Verb,
      description: 'What it was asked to do.',
      resolve: ({ failure }) => failure.verb,
    }),
    note: t.string({
      description: 'Why it cannot, and what to do instead.',
      resolve: ({ failure }) => failure.note,
    }),
  }),
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description:
    'Something else stands there already, or has changed meanwhile; or your idempotency key was used for something else.',
  interfaces: [ErrorInterface],
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too much was asked for now. Nothing was done.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: t.field({
      type: Provider,
      nullable: true,
      description: 'Whose limit it was; null where it was your share of this gateway.',
      resolve: ({ failure }, _args, context) =>
        'provider' in failure ? providerNamed(failure.provider, context) : null,
    }),
    retryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it may be tried again, where the provider says.',
      resolve: ({ failure }) => failure.retryAt,
    }),
  }),
});

builder.objectType(ProviderUnavailableError, {
  name: 'ProviderUnavailableError',
  description: 'The provider did not answer, or not in a way that can be read. Nothing was done.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: ofProvider(t),
    retryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it may be tried again: where the provider says, or where it failed too often and is left in peace until then.',
      resolve: ({ failure }) => failure.retryAt,
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when it has not answered; null where it has answered others meanwhile.',
      resolve: ({ failure }, _args, { gateway }) => {
        const { state, since } = gateway.health(failure.provider);
        return state === 'DOWN' ? since : null;
      },
    }),
  }),
});

builder.objectType(ProviderRefusedError, {
  name: 'ProviderRefusedError',
  description: 'The provider understood, and said no.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: ofProvider(t),
    providerCode: t.string({
      nullable: true,
      description: "The provider's own code.",
      resolve: ({ failure }) => failure.code,
    }),
    providerMessage: t.string({
      description: "The provider's own sentence.",
      resolve: ({ failure }) => failure.said,
    }),
  }),
});

builder.objectType(ProviderAuthError, {
  name: 'ProviderAuthError',
  description:
    "The provider refused this gateway's own credential. Its operator has to mend that; asking again will not.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: ofProvider(t),
  }),
});

builder.objectType(OutcomeUnknownError, {
  name: 'OutcomeUnknownError',
  description: 'The provider may have done it: its answer was lost. Look before you ask again.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    provider: ofProvider(t),
  }),
});

builder.objectType(GatewayUnavailableError, {
  name: 'GatewayUnavailableError',
  description:
    'This gateway’s own memory is out of reach, and without it the promise asked for cannot be kept. Nothing was done.',
  interfaces: [ErrorInterface],
});

/** What any write may answer with besides its payload. */
export const WRITE_ERRORS = [
  InvalidInputError,
  NotFoundError,
  ForbiddenError,
  UnsupportedError,
  ConflictError,
  RateLimitedError,
  ProviderUnavailableError,
  ProviderRefusedError,
  ProviderAuthError,
  OutcomeUnknownError,
  GatewayUnavailableError,
];
