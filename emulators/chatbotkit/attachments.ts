// Attachments: a file by address, by value, in the body, or announced and put later; each leaves two activity rows.

import { createHmac } from 'node:crypto';
import type { EmulatorAnswer } from '../emulator.ts';
import { isRecord } from '../emulator.ts';
import { asked, parseJson } from './asked.ts';
import { storeMessage } from './messages.ts';
import { answerRefusal, isRefusal, type Refusal, refuse } from './refusal.ts';
import type { AttachmentRow } from './rows.ts';
import type { Session } from './session.ts';
import { ownConversation, type World } from './store.ts';

export interface UploadWish {
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** The address under which this emulator keeps files. */
  readonly origin: string;
}

interface FileRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Uploaded {
  readonly id: string;
  readonly name: string;
  readonly uploadRequest?: FileRequest;
  readonly downloadRequest: FileRequest;
}

interface File {
  readonly type: string;
  readonly sizeBytes: number;
  /** Null for a file that is only announced. */
  readonly bytes: Buffer | null;
  readonly extension: string;
  readonly fileName: string;
}

export async function uploadAttachment(
  world: World,
  { account }: Session,
  conversationId: string,
  wish: UploadWish,
): Promise<Uploaded | Refusal> {
  const { store, switches, mintId } = world;
  // Here, unlike elsewhere, the conversation is looked for before the body is read.
  const conversation = ownConversation(store, account.id, conversationId);
  if (isRefusal(conversation)) return conversation;
  const file = await readFile(world, wish);
  if (isRefusal(file)) return file;
  const limit = file.bytes ? switches.uploadLimitBytes : switches.planFileLimitBytes;
  if (file.sizeBytes > limit) return refuse('LIMITS_REACHED');

  const id = mintId();
  const { type, sizeBytes, bytes, extension, fileName } = file;
  const name = extension ? `${id}.${extension}` : id;
  const row: AttachmentRow = { id, conversationId, name, type, sizeBytes, bytes };
  store.attachments.set(id, row);
  const told = bytes ? 'application/octet-stream' : type;
  for (const activity of uploadActivities({ id, name, type: told })) {
    storeMessage(world, { conversationId, type: 'activity', text: '', meta: { activity } });
  }
  const url = `${wish.origin}${storagePath(row)}`;
  const disposition = fileName
    ? { 'Content-Disposition': `attachment; filename=${encodeURIComponent(fileName)}` }
    : {};
  return {
    id,
    name,
    ...(bytes
      ? {}
      : {
          uploadRequest: {
            method: 'PUT',
            url,
            headers: {
              'Content-Length': String(sizeBytes),
              'Content-Type': type,
              ...disposition,
            },
          },
        }),
    downloadRequest: { method: 'GET', url, headers: {} },
  };
}

/** The file store behind the service: whoever has the signed address needs no credential. */
export function answerStorage(
  { store }: World,
  { method, path, query, body }: { method: string; path: string; query: string; body: Buffer },
): EmulatorAnswer {
  const row = [...store.attachments.values()].find(
    (attachment) => storagePath(attachment) === `${path}?${query}`,
  );
  if (!row) return answerRefusal(refuse('NOT_FOUND'));
  if (method === 'PUT') {
    if (body.length !== row.sizeBytes) return answerRefusal(refuse('NOT_AUTHORIZED'));
    store.attachments.set(row.id, { ...row, bytes: body });
    return { status: 200 };
  }
  if (method !== 'GET') return answerRefusal(refuse('METHOD_NOT_ALLOWED'));
  if (!row.bytes) return answerRefusal(refuse('NOT_FOUND'));
  return { status: 200, headers: { 'content-type': row.type }, body: row.bytes };
}

export function uploadActivities(result: {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}): readonly object[] {
  const call = { name: 'uploadAttachment', arguments: {} };
  const stored = { ...result, url: `attachment://${result.name}` };
  return [
    { type: 'request', function: call },
    { type: 'response', function: { ...call, result: stored } },
  ];
}

async function readFile(world: World, wish: UploadWish): Promise<File | Refusal> {
  const type = wish.contentType?.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream';
  if (type === 'multipart/form-data') return readMultipart(wish);
  if (type !== 'application/json') return fileOf(wish.body, type, '');
  const body = parseJson(wish.body);
  if (isRefusal(body)) return body;
  const form = asked(body.json);
  const said = form.raw('file');
  if (isRecord(said)) {
    const announced = form.part('file', (inner) => ({
      type: inner.text('type') ?? '',
      sizeBytes: inner.number('size', {}) ?? 0,
      fileName: inner.nullableText('name') ?? '',
    }));
    for (const key of ['type', 'size']) {
      if (said[key] === undefined) form.complain(`"file.${key}" is required`);
    }
    const refused = form.refusal();
    if (refused || !announced) return refused ?? refuse('BAD_REQUEST');
    const kind = announced.type || typeOf(announced.fileName);
    return { ...announced, type: kind, bytes: null, extension: extensionOf(announced.fileName) };
  }
  const url = form.text('file') ?? '';
  if (said !== undefined && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(url)) {
    form.complain('"file" must be a valid uri');
  }
  return form.refusal() ?? readAddress(world, url);
}

async function readAddress({ download }: World, url: string): Promise<File | Refusal> {
  if (/^https?:\/\//.test(url)) {
    const { status, type, bytes } = await download(url);
    if (status >= 400) return refuse(status === 404 ? 'NOT_FOUND' : 'BAD_GATEWAY');
    return fileOf(bytes, type, new URL(url).pathname);
  }
  const [, type, encoding, content] = /^data:([^;,]*)[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (content === undefined) return refuse('BAD_REQUEST');
  const bytes = encoding
    ? Buffer.from(content, 'base64')
    : Buffer.from(decodeURIComponent(content));
  return fileOf(bytes, type || 'text/plain', '');
}

async function readMultipart({ contentType, body }: UploadWish): Promise<File | Refusal> {
  const headers = { 'content-type': contentType ?? '' };
  const form = await new Response(new Uint8Array(body), { headers })
    .formData()
    .catch(() => undefined);
  const file = form?.get('file');
  if (!file || typeof file === 'string') return refuse('BAD_REQUEST');
  return fileOf(Buffer.from(await file.arrayBuffer()), file.type, file.name);
}

function fileOf(bytes: Buffer, type: string, fileName: string): File {
  const known = EXTENSIONS.find(([, mime]) => mime === type)?.[0];
  const extension = extensionOf(fileName) || known || 'bin';
  return { type, sizeBytes: bytes.length, bytes, extension, fileName };
}

const EXTENSIONS = [
  ['pdf', 'application/pdf'],
  ['json', 'application/json'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['txt', 'text/plain'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
] as const;

function extensionOf(fileName: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
}

/** Browsers may not know the kind of a file; then its name tells. */
function typeOf(fileName: string): string {
  const extension = extensionOf(fileName);
  return EXTENSIONS.find(([known]) => known === extension)?.[1] ?? 'application/octet-stream';
}

function storagePath({ conversationId, name }: AttachmentRow): string {
  const path = `/storage/conversation/${conversationId}/${name}`;
  const signature = createHmac('sha256', 'storage').update(path).digest('hex').slice(0, 32);
  return `${path}?signature=${signature}`;
}
