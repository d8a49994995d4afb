// ChatBotKit through the tools of Pinkfish, one small function each. Names of tools and of their arguments are known here
// and nowhere else.

import type { z } from 'zod';
import {
  conversationAt,
  failed,
  invalid,
  mapOutcome,
  messageIn,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { Call } from '../provider.ts';
import { readBody } from '../wire-reading.ts';
import type { Client, PageQuestion } from './client.ts';
import type { PinkfishAccount } from './pinkfish-account.ts';
import { type PinkfishParts, pinkfishTools, type ToolCall } from './pinkfish-tools.ts';
import { uploadRefusalOf } from './refusal.ts';
import { pageOf } from './rest.ts';
import {
  WireAnswer,
  WireCompletion,
  WireConversation,
  WireMessage,
  WireRows,
  WireSession,
  WireUploaded,
  WireWritten,
} from './wire.ts';

/** Every failure of these is a value; what it means is as over REST, as far as the tools let it be seen. */
export function pinkfishClient(account: PinkfishAccount, parts: PinkfishParts): Client {
  const { name: provider } = account;
  const wholeInbox = `the conversations at ${provider}`;
  const callTool = pinkfishTools(account, parts);

  async function ask<T>(call: Call, shape: z.ZodType<T>, asked: ToolCall): Promise<Outcome<T>> {
    const told = await callTool(call, asked);
    return told.ok ? readBody(shape, told.value, { provider, effect: asked.effect }) : told;
  }

  /** Of one conversation, or of one message in it. */
  async function at<T>(
    call: Call,
    shape: z.ZodType<T>,
    { place, given = {}, ...asked }: Placed,
  ): Promise<Outcome<T>> {
    const { what, ids } = placeOf(place);
    // Where it will stand in an address, and whether it is made fit for one first, is not for us to see.
    if (Object.values(ids).some(isNoId)) return failed({ kind: 'not-found', what });
    return ask(call, shape, { ...asked, what, given: { ...ids, ...given } });
  }

  async function write(call: Call, asked: Omit<Placed, 'effect'>): Promise<Outcome<string>> {
    const written = await at(call, WireWritten, { ...asked, effect: 'write' });
    return mapOutcome(written, ({ id }) => id);
  }

  function placeOf(place: string | MessageRef) {
    if (typeof place === 'string') {
      return { what: conversationAt(provider, place), ids: { conversationId: place } };
    }
    const ids = { conversationId: place.conversation.nativeId, messageId: place.nativeId };
    return { what: messageIn(place), ids };
  }

  return {
    // The tool takes no contact: all are listed, and the gateway compares.
    async listConversations(call, { contactId: _contact, meta, ...page }) {
      const narrowed = meta.length === 0 ? {} : { meta: Object.fromEntries(meta) };
      const rows = await ask(call, WireRows, {
        tool: 'list_conversations',
        given: { ...pageArguments(page), ...narrowed },
        effect: 'read',
        what: wholeInbox,
      });
      return mapOutcome(rows, (body) => pageOf(WireConversation, body, page));
    },

    getConversation: (call, place) =>
      at(call, WireConversation, { tool: 'fetch_conversation', place, effect: 'read' }),

    async createConversation(call, fields) {
      const created = await ask(call, WireWritten, {
        tool: 'create_conversation',
        given: texts(fields),
        effect: 'write',
        what: wholeInbox,
      });
      return mapOutcome(created, ({ id }) => id);
    },

    async updateConversation(call, place, fields) {
      return nothing(
        await write(call, { tool: 'update_conversation', place, given: texts(fields) }),
      );
    },

    async deleteConversation(call, place) {
      return nothing(await write(call, { tool: 'delete_conversation', place }));
    },

    // The tool takes no meta: all are listed.
    async listMessages(call, place, { meta: _meta, ...page }) {
      const rows = await at(call, WireRows, {
        tool: 'list_conversation_messages',
        place,
        given: pageArguments(page),
        effect: 'read',
      });
      return mapOutcome(rows, (body) => pageOf(WireMessage, body, page));
    },

    getMessage: (call, place) =>
      at(call, WireMessage, { tool: 'fetch_conversation_message', place, effect: 'read' }),

    createMessage: (call, place, given) =>
      write(call, { tool: 'create_conversation_message', place, given }),

    sendMessage: (call, place, given) =>
      write(call, { tool: 'send_conversation_message', place, given }),

    completeMessage: (call, place, given) =>
      at(call, WireCompletion, {
        tool: 'complete_conversation_message',
        place,
        given,
        effect: 'write',
        runsEngine: true,
      }),

    receiveMessage: (call, place, given) =>
      at(call, WireCompletion, {
        tool: 'receive_conversation_message',
        place,
        given,
        effect: 'write',
        runsEngine: true,
      }),

    streams: null,

    async updateMessage(call, place, fields) {
      const given = texts(fields);
      return nothing(await write(call, { tool: 'update_conversation_message', place, given }));
    },

    async deleteMessage(call, place) {
      return nothing(await write(call, { tool: 'delete_conversation_message', place }));
    },

    complete: (call, given) =>
      ask(call, WireAnswer, {
        tool: 'complete_conversation',
        given,
        effect: 'write',
        what: wholeInbox,
        runsEngine: true,
      }),

    async upsertContact(call, place, given) {
      const contact = await at(call, WireWritten.nullable(), {
        tool: 'upsert_conversation_contact',
        place,
        given,
        effect: 'write',
        mayChangeNothing: true,
      });
      return mapOutcome(contact, (written) => written?.id ?? null);
    },

    uploads: 'at-once',

    async uploadAttachment(call, place, file) {
      if (typeof file !== 'string') return invalid('file', BY_ADDRESS_ONLY);
      return at(call, WireUploaded, {
        tool: 'upload_conversation_attachment',
        place,
        given: { file },
        effect: 'write',
        refusal: (answer, refused) => uploadRefusalOf(answer, refused, SEND_A_SMALLER_ONE),
      });
    },

    createSession: (call, place, durationInSeconds) =>
      at(call, WireSession, {
        tool: 'create_conversation_session',
        place,
        given: durationInSeconds === undefined ? {} : { durationInSeconds },
        effect: 'write',
      }),
  };
}

interface Placed extends Omit<ToolCall, 'what' | 'given'> {
  /** A conversation by its id, or a message. */
  readonly place: string | MessageRef;
  readonly given?: object;
}

const SEND_A_SMALLER_ONE = 'send a smaller one';

const BY_ADDRESS_ONLY =
  'is not taken through Pinkfish; give url instead, with an address or a data: URL.';

/** Its ids are of letters and digits: nothing in them could lead an address elsewhere. */
function isNoId(id: string): boolean {
  return id === '' || /^\.{1,2}$|[/\\?#%\s]/.test(id);
}

/** Both orders are said, as over REST. */
function pageArguments({ after, take }: PageQuestion): object {
  return { order: 'desc', take, ...(after === null ? {} : { cursor: after }) };
}

/** The tools take texts and no null. The service makes the same of an empty text: what was there is cleared. */
function texts(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value === null ? '' : value]),
  );
}

function nothing(written: Outcome<string>): Outcome<null> {
  return written.ok ? success(null) : written;
}
