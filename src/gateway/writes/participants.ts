// Taking somebody into a conversation, and out of it.

import {
  checked,
  failed,
  type Issue,
  mapOutcome,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Participant } from '../../domain/participant.ts';
import type { NameParticipant } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { contactOf } from '../inputs.ts';

export async function addParticipant(
  dispatch: Dispatch,
  input: NameParticipant,
  operation: Operation,
): Promise<Outcome<Participant>> {
  const named = readInput(dispatch, input, 'PARTICIPANT_ADD');
  if (!named.ok) return named;
  return dispatch.run({
    provider: input.conversation.provider,
    verb: 'PARTICIPANT_ADD',
    operation,
    with: ({ does }, call) => does(named.value, call),
  });
}

/** The provider's own id of whoever takes part no longer. */
export async function removeParticipant(
  dispatch: Dispatch,
  input: NameParticipant,
  operation: Operation,
): Promise<Outcome<string>> {
  const named = readInput(dispatch, input, 'PARTICIPANT_REMOVE');
  if (!named.ok) return named;
  const removed = await dispatch.run({
    provider: input.conversation.provider,
    verb: 'PARTICIPANT_REMOVE',
    operation,
    with: ({ does }, call) => does(named.value, call),
  });
  return mapOutcome(removed, () => named.value.participantId);
}

function readInput(
  dispatch: Dispatch,
  { conversation, participantId }: NameParticipant,
  verb: 'PARTICIPANT_ADD' | 'PARTICIPANT_REMOVE',
): Outcome<NameParticipant> {
  const provider = dispatch.provider(conversation.provider);
  if (!provider) {
    return failed({ kind: 'not-found', what: `provider named ${conversation.provider}` });
  }
  const named = nameOf(participantId, provider.name);
  if (!named.ok) return named;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  return success({ conversation, participantId: named.value });
}

function nameOf(said: string, at: ProviderName): Outcome<string> {
  const good = checked(said, idIssues(said));
  if (!good.ok) return good;
  return mapOutcome(contactOf(said, 'participantId', at), ({ nativeId }) => nativeId);
}

function idIssues(said: string): Issue[] {
  // In an address these two would climb to the conversation itself, and what is removed is that.
  if (said.trim() !== '' && said !== '.' && said !== '..') return [];
  const message = 'names nobody; give the id of a Participant or a Contact, or the provider’s own.';
  return [{ path: 'participantId', message }];
}
