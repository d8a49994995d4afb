// Uploads a file into a conversation: from where it lies, from its own words, or in two steps, where the client sends the
// bytes to the service itself.

import { checked, failed, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { UploadAttachment, UploadedAttachment } from '../verbs.ts';
import { misshapen } from '../wire-reading.ts';
import type { Client, UploadedFile } from './client.ts';
import type { Inbox } from './inbox.ts';
import { textOf } from './mapping.ts';
import type { WireUploaded } from './wire.ts';

type Source = UploadAttachment['source'];

/** One call. It leaves two rows of activity in the conversation, in the two-step form before a byte is there. */
export async function uploadAttachment(
  { account, client }: Inbox,
  { conversation, source }: UploadAttachment,
  call: Call,
): Promise<Outcome<UploadedAttachment>> {
  const file = checked(fileOf(source), issuesOf(source, client));
  if (!file.ok) return file;
  const uploaded = await client.uploadAttachment(call, conversation.nativeId, file.value);
  if (!uploaded.ok) return uploaded;
  const { uploadRequest } = uploaded.value;
  if (source.kind === 'file' && !uploadRequest) {
    return failed(misshapen('uploadRequest', { provider: account.name, effect: 'write' }));
  }
  return success({
    attachment: toAttachment(uploaded.value, source),
    upload: uploadRequest ? toHttpRequest(uploadRequest) : null,
  });
}

function fileOf(source: Source): UploadedFile {
  if (source.kind === 'url') return source.url;
  const { kind: _kind, ...file } = source;
  return file;
}

/** An older service names the file in its own way alone, by which its rows of activity tell of it too. */
function toAttachment(uploaded: WireUploaded, source: Source): UploadedAttachment['attachment'] {
  const name = textOf(uploaded.name);
  const type = source.kind === 'file' ? source.type : readDataUrl(source.url)?.type;
  const named = name === null ? null : `attachment://${name}`;
  return { name, type: textOf(type), url: uploaded.downloadRequest?.url ?? named };
}

/** Without its length: whoever sends bytes counts them, and some (Node's fetch) fail where they are told the number too. */
function toHttpRequest({
  method,
  url,
  headers,
}: NonNullable<WireUploaded['uploadRequest']>): NonNullable<UploadedAttachment['upload']> {
  const named = Object.entries(headers ?? {})
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => ({ name, value }));
  return { method, url, headers: named };
}

function issuesOf(source: Source, { uploads }: Client): Issue[] {
  if (source.kind === 'file') {
    return Number.isInteger(source.size) && source.size > 0
      ? []
      : [{ path: 'file.size', message: WRONG_SIZE }];
  }
  const message = urlMistake(source.url, MENDS[uploads]);
  return message === undefined ? [] : [{ path: 'url', message }];
}

function urlMistake(url: string, { large, elsewhere }: Mends): string | undefined {
  switch (/^[a-z][a-z\d+.-]*:/i.exec(url)?.[0].toLowerCase()) {
    case 'http:':
    case 'https:':
      return /^https?:\/\/\S+$/i.test(url) && URL.canParse(url) ? undefined : NO_ADDRESS;
    case 'data:': {
      const data = readDataUrl(url);
      if (!data) return NO_DATA;
      return data.bytes > MOST_BYTES ? large : undefined;
    }
    default:
      return elsewhere;
  }
}

/** `type` is empty where none is said. Undefined for what is no data: URL, no base64 where it says so, or has bare spaces. */
function readDataUrl(url: string): { readonly type: string; readonly bytes: number } | undefined {
  const comma = url.indexOf(',');
  const head = /^data:([^;\s]*)((?:;[^;\s]+)*)$/i.exec(url.slice(0, Math.max(comma, 0)));
  if (!head) return undefined;
  const content = url.slice(comma + 1);
  if (/\s/.test(content)) return undefined;
  const [, type = '', parameters = ''] = head;
  const isBase64 = /;base64$/i.test(parameters);
  if (isBase64 && !/^[\w+/%-]*={0,2}$/.test(content)) return undefined;
  const bytes = isBase64
    ? Buffer.byteLength(content, 'base64')
    : Buffer.byteLength(content.replaceAll(/%[\da-f]{2}/gi, '%'));
  return { type, bytes };
}

/**
 * 4.5 MB, as its documentation says of all but the two-step form. Counted of the file itself: no larger one is ever taken,
 * while its text of base64 is longer by a third and may already be too long for what stands before the service.
 */
const MOST_BYTES = 4.5 * 1024 * 1024;

interface Mends {
  readonly large: string;
  readonly elsewhere: string;
}

/** What to do about a file that is too large, or not where the service can fetch it. */
const MENDS: Readonly<Record<Client['uploads'], Mends>> = {
  'at-once-or-announced': {
    large:
      'must be of 4.5 MB at most; for a larger file give file (type, size, name) instead, and send its bytes to the address that is answered.',
    elsewhere:
      'must begin with http:, https: or data:; put the file where the service can fetch it, or give file instead.',
  },
  'at-once': {
    large: 'must be of 4.5 MB at most; send a smaller file.',
    elsewhere:
      'must begin with http:, https: or data:; put the file where the service can fetch it.',
  },
};

const NO_ADDRESS = 'must be a whole address without spaces, such as https://example.org/plan.pdf.';

const NO_DATA =
  'must be a whole data: URL without spaces, in true base64 where it says so, such as data:text/plain;base64,aGVsbG8=.';

const WRONG_SIZE = 'must be the number of bytes of the file, 1 or more.';
