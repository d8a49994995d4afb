// Changing a message: what its provider does not take, or would not take as this, is refused before it is asked.

import {
  checked,
  type Failure,
  failed,
  type Issue,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { UpdateMessageOptions } from '../../domain/native.ts';
import type { Able, Provider } from '../../providers/provider.ts';
import type { MessageChanges, UpdatedMessage } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import {
  contentIssues,
  optionIssues,
  refuseFields,
  refuseNature,
  tagChangeIssues,
  textIssues,
} from '../inputs.ts';

export interface UpdateMessageInput {
  readonly message: MessageRef;
  /** In the place of `changes.content`. */
  readonly text?: string;
  readonly changes: MessageChanges;
}

export async function updateMessage(
  dispatch: Dispatch,
  input: UpdateMessageInput,
  operation: Operation,
): Promise<Outcome<UpdatedMessage>> {
  const verb = 'MESSAGE_UPDATE';
  const { message, text } = input;
  const name = message.conversation.provider;
  const provider = dispatch.provider(name);
  if (!provider) return failed({ kind: 'not-found', what: `provider named ${name}` });
  const changes = text === undefined ? input.changes : withText(input.changes, text);
  const good = checked(changes, [
    ...changeIssues(input),
    ...optionIssues(provider, changes.options),
  ]);
  if (!good.ok) return good;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const refusal = refuse(provider, input, able.value);
  if (refusal) return failed(refusal);

  const updated = await dispatch.run({
    provider: name,
    verb,
    operation,
    with: ({ does }, call) => does({ message, changes }, call),
  });
  return text === undefined ? updated : sayingText(updated);
}

/** An adapter knows a text as a content: its client is told of it by the name they gave it. */
function sayingText(updated: Outcome<UpdatedMessage>): Outcome<UpdatedMessage> {
  const named = (path: string) => (path === 'content' ? 'text' : path);
  if (updated.ok) {
    return success({ ...updated.value, ignored: updated.value.ignored.map(named) });
  }
  const { failure } = updated;
  if (failure.kind !== 'invalid-input') return updated;
  const [first, ...rest] = failure.issues;
  const renamed = (issue: Issue) => ({ ...issue, path: named(issue.path) });
  return failed({ ...failure, issues: [renamed(first), ...rest.map(renamed)] });
}

function withText(changes: MessageChanges, text: string): MessageChanges {
  return { ...changes, content: { type: 'text', text } };
}

function refuse(
  provider: Provider,
  { text, changes }: UpdateMessageInput,
  able: Able<'MESSAGE_UPDATE'>,
): Failure | undefined {
  const verb = 'MESSAGE_UPDATE';
  const given = [
    ...(text === undefined ? [] : ['text']),
    ...Object.keys(changes).filter((field) => field !== 'options'),
  ];
  // Two ways to write the same thing; which contents there may be is looked at below.
  const taken = able.fields.flatMap((field) => (field === 'content' ? ['text', field] : [field]));
  const content = text === undefined ? changes.content : ({ type: 'text', text } as const);
  return (
    refuseFields(provider, verb, given, taken) ??
    refuseNature({ provider, verb }, { as: changes.as, kind: changes.kind, content }, able)
  );
}

function changeIssues({ text, changes }: UpdateMessageInput): Issue[] {
  const { content, tags, name, description, options, ...rest } = changes;
  const payload = options?.kind === 'botpress' ? options.payload : undefined;
  const said = [text, content, payload].filter((value) => value !== undefined).length;
  const others = [tags, name, description, ...Object.values(rest)];
  const nothing =
    said === 0 && others.every((value) => value === undefined) && !changesAnything(options);
  if (nothing) {
    return [{ path: '', message: 'nothing to change; give at least one field besides the id.' }];
  }
  return [
    ...(said > 1
      ? [{ path: 'text', message: 'give only one of text, content and botpress.payload.' }]
      : []),
    ...textIssues(text, 'text'),
    ...contentIssues(content),
    ...tagChangeIssues(tags),
    ...textIssues(name ?? undefined, 'name'),
    ...textIssues(description ?? undefined, 'description'),
  ];
}

/** To say as whom, and no more, changes nothing. */
function changesAnything(options: UpdateMessageOptions | undefined): boolean {
  switch (options?.kind) {
    case undefined:
      return false;
    case 'generic':
      return Object.keys(options.data).length > 0;
    case 'botpress':
      return options.payload !== undefined;
    case 'chatbotkit':
      return options.entities !== undefined || options.meta !== undefined;
  }
}
