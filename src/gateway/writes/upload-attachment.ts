// Uploading a file into a conversation: from where it lies, from its own words, or by its client later.

import { checked, failed, type Issue, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { UploadAttachment, UploadedAttachment } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { refuseFields, textIssues } from '../inputs.ts';

type Source = UploadAttachment['source'];

/** Exactly one of `url` and `file`. */
export interface UploadInput {
  readonly conversation: ConversationRef;
  readonly url?: string;
  readonly file?: Omit<Extract<Source, { kind: 'file' }>, 'kind'>;
}

export async function uploadAttachment(
  dispatch: Dispatch,
  input: UploadInput,
  operation: Operation,
): Promise<Outcome<UploadedAttachment>> {
  const verb = 'ATTACHMENT_UPLOAD';
  const { conversation } = input;
  const provider = dispatch.provider(conversation.provider);
  if (!provider) {
    return failed({ kind: 'not-found', what: `provider named ${conversation.provider}` });
  }
  const source = sourceOf(input);
  if (!source.ok) return source;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const refusal = refuseFields(provider, verb, [source.value.kind], able.value.fields);
  if (refusal) return failed(refusal);

  return dispatch.run({
    provider: provider.name,
    verb,
    operation,
    with: ({ does }, call) => does({ conversation, source: source.value }, call),
  });
}

function sourceOf({ url, file }: UploadInput): Outcome<Source> {
  const one = 'must be given, or else file (type, size, name), and not both.';
  if (url !== undefined) {
    const issues = file ? [{ path: 'url', message: one }] : urlIssues(url);
    return checked({ kind: 'url', url }, issues);
  }
  if (file) return checked({ kind: 'file', ...file }, fileIssues(file));
  return failed({ kind: 'invalid-input', issues: [{ path: 'url', message: one }] });
}

function urlIssues(url: string): Issue[] {
  if (/^(https?|data):/i.test(url) && URL.canParse(url)) return [];
  const message =
    'must be a whole URL that begins with http:, https: or data:; give file instead to send the bytes yourself.';
  return [{ path: 'url', message }];
}

function fileIssues({ type, size, name }: NonNullable<UploadInput['file']>): Issue[] {
  const isMediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+([ \t]*;.*)?$/.test(type);
  return [
    ...(isMediaType ? [] : [{ path: 'file.type', message: 'must be a media type: image/png.' }]),
    ...(Number.isInteger(size) && size > 0
      ? []
      : [{ path: 'file.size', message: 'must be the number of its bytes, 1 or more.' }]),
    ...textIssues(name, 'file.name'),
  ];
}
