// Opening one conversation to a browser, which then speaks to the provider itself.

import { checked, failed, type Issue, type Outcome } from '../../domain/failure.ts';
import type { CreateSession, Session } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';

/** Its token is the client's alone: it stands in the answer and nowhere else. */
export async function createSession(
  dispatch: Dispatch,
  input: CreateSession,
  operation: Operation,
): Promise<Outcome<Session>> {
  const verb = 'SESSION_CREATE';
  const { provider: name } = input.conversation;
  const provider = dispatch.provider(name);
  if (!provider) return failed({ kind: 'not-found', what: `provider named ${name}` });
  const good = checked(input, durationIssues(input.durationSeconds));
  if (!good.ok) return good;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;

  return dispatch.run({
    provider: name,
    verb,
    operation,
    with: ({ does }, call) => does(input, call),
  });
}

/** How long it may be at most, and at least, its provider knows. */
function durationIssues(seconds: number | undefined): Issue[] {
  if (seconds === undefined || (Number.isInteger(seconds) && seconds > 0)) return [];
  const message = 'must be a number of seconds above 0; leave it out for what is usual there.';
  return [{ path: 'durationSeconds', message }];
}
