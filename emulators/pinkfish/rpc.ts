// JSON-RPC 2.0 in its plainest form: one question in a POST, one answer in its reply, and no session.

import { type EmulatorAnswer, isRecord, readable } from '../emulator.ts';

export interface RpcError {
  readonly code: number;
  readonly message: string;
}

export type RpcReply = { readonly result: object } | { readonly error: RpcError };

/** A method's answer; undefined where it is not known here. */
export type Methods = (
  method: string,
  params: Readonly<Record<string, unknown>>,
) => RpcReply | undefined | Promise<RpcReply | undefined>;

/** What the server says of bad arguments, of a connection it does not know, and of much that went wrong behind it. */
export const REFUSED = -32_000;
export const INTERNAL = -32_603;
const NOT_JSON = -32_700;
const NOT_A_REQUEST = -32_600;
const NO_SUCH_METHOD = -32_601;

export function rpcError(code: number, message: string): RpcReply {
  return { error: { code, message } };
}

export async function answerRpc(body: Buffer, methods: Methods): Promise<EmulatorAnswer> {
  const said = readable(body);
  if (typeof said === 'string') return reply(null, rpcError(NOT_JSON, 'Parse error'));
  if (!isRecord(said) || said['jsonrpc'] !== '2.0' || typeof said['method'] !== 'string') {
    return reply(null, rpcError(NOT_A_REQUEST, 'Invalid Request'));
  }
  const { id, method, params } = said;
  const answer = await methods(method, isRecord(params) ? params : {});
  // A notification has no id, and is owed no answer.
  if (id === undefined) return { status: 202 };
  return reply(id, answer ?? rpcError(NO_SUCH_METHOD, `Method not found: ${method}`));
}

function reply(id: unknown, answer: RpcReply): EmulatorAnswer {
  return { status: 200, body: { jsonrpc: '2.0', id, ...answer } };
}
