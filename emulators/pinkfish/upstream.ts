// A tool's call passed on to ChatBotKit under the key of a connection, and what is made of the answer to it.

import { type EmulatorAnswer, type EmulatorRequest, isRecord, readable } from '../emulator.ts';
import { INTERNAL, REFUSED, type RpcReply, rpcError } from './rpc.ts';
import type { Switches } from './switches.ts';
import type { UpstreamCall } from './tools.ts';

export interface Upstream {
  /** The address ChatBotKit believes to be called at. */
  readonly host: string;
  rest(request: EmulatorRequest): EmulatorAnswer | Promise<EmulatorAnswer>;
}

export async function callUpstream(
  { host, rest }: Upstream,
  secret: string,
  { method, path, query, body }: UpstreamCall,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await rest({
    method,
    path,
    query,
    headers: {
      host,
      authorization: `Bearer ${secret}`,
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: Buffer.from(body === null ? '' : JSON.stringify(body)),
    // It waits for the whole answer, whether or not anybody still waits for it.
    signal: new AbortController().signal,
  });
  return { status: answer.status, text: await textOf(answer.body) };
}

export function replyOf(
  { status, text }: { readonly status: number; readonly text: string },
  switches: Switches,
): RpcReply {
  const { upstreamRefusals, refusalWords, notModified, results } = switches;
  if (status === 304 && notModified === 'empty') return toolResult('{}', {}, results);
  if (status >= 200 && status < 300) return toolResult(text, readable(Buffer.from(text)), results);
  const words =
    refusalWords === 'body' && text !== ''
      ? `ChatBotKit API error (${status}): ${text}`
      : `Request failed with status code ${status}`;
  switch (upstreamRefusals) {
    case 'rpc-error':
      return rpcError(status >= 500 ? INTERNAL : REFUSED, words);
    case 'isError':
      return { result: { content: [{ type: 'text', text: words }], isError: true } };
    case 'text': {
      const bare = refusalWords === 'body' && text !== '' ? text : `Error: ${words}`;
      return { result: { content: [{ type: 'text', text: bare }] } };
    }
  }
}

function toolResult(text: string, value: unknown, results: Switches['results']): RpcReply {
  const content = [{ type: 'text', text }];
  return results === 'structured' && isRecord(value)
    ? { result: { content, structuredContent: value } }
    : { result: { content } };
}

/** Whatever way the answer would have travelled in. */
async function textOf(body: unknown): Promise<string> {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  if (!isIterable(body)) return JSON.stringify(body);
  let text = '';
  for await (const piece of body) text += String(piece);
  return text;
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
