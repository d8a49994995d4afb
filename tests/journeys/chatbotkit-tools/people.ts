// What the tools about contacts, files and sessions take, each thing given through GraphQL and found at the service.

import { expect } from 'vitest';
import type { ContactRow } from '../../../emulators/chatbotkit/rows.ts';
import { textAt } from '../../support/answer.ts';
import { rowsAdded } from '../../support/stores.ts';
import type { Case, Stage } from './stage.ts';

/** The contact that what is given makes, of a conversation that had none. */
async function linked(stage: Stage, given: object): Promise<ContactRow> {
  await stage.does('updateConversation', { id: stage.conversationId, contactId: null }, 'ignored');
  const added = rowsAdded(stage.store.contacts);
  const input = { conversationId: stage.conversationId, ...given };

  const payload = await stage.does('upsertContact', input, 'outcome contact { nativeId }');

  const [row, ...others] = added();
  expect(others).toEqual([]);
  if (!row) throw new Error('no contact was stored');
  expect(stage.row().contactId).toBe(row.id);
  expect(payload).toMatchObject({ outcome: 'LINKED', contact: { nativeId: row.id } });
  return row;
}

function linking(given: object, kept: object): Case {
  return async (stage) => {
    expect(await linked(stage, given)).toMatchObject(kept);
  };
}

const FINGERPRINT = 'a fingerprint of its own';

async function uploaded(stage: Stage, url: string): Promise<unknown> {
  const added = rowsAdded(stage.store.attachments);
  const input = { conversationId: stage.conversationId, url };
  await stage.does('uploadAttachment', input, 'attachment { name type url }');
  const [row, ...others] = added();
  expect(others).toEqual([]);
  return row;
}

export const PEOPLE: Readonly<Record<string, Case>> = {
  'upsert_conversation_contact.conversationId': linking({ name: 'Ada' }, { name: 'Ada' }),
  'upsert_conversation_contact.name': linking({ name: 'Ada' }, { name: 'Ada' }),
  'upsert_conversation_contact.description': linking(
    { name: 'Ada', description: 'Counts' },
    { description: 'Counts' },
  ),
  'upsert_conversation_contact.email': linking(
    { email: 'ada@example.com' },
    { email: 'ada@example.com' },
  ),
  'upsert_conversation_contact.phone': linking(
    { phone: '+442079460000' },
    { phone: '+442079460000' },
  ),
  'upsert_conversation_contact.nick': linking({ chatBotKit: { nick: 'ada' } }, { nick: 'ada' }),
  'upsert_conversation_contact.fingerprint': linking(
    { name: 'Ada', chatBotKit: { fingerprint: FINGERPRINT } },
    { fingerprint: FINGERPRINT, verifiedAt: expect.any(Number) },
  ),
  'upsert_conversation_contact.meta': linking(
    { name: 'Ada', tags: [{ key: 'plan', value: 'pro' }], chatBotKit: { meta: { seats: 3 } } },
    { meta: { plan: 'pro', seats: 3 } },
  ),

  'upload_conversation_attachment.conversationId': async (stage) => {
    expect(await uploaded(stage, 'data:text/plain;base64,SGVsbG8=')).toMatchObject({
      conversationId: stage.nativeId,
    });
  },
  'upload_conversation_attachment.file': async (stage) => {
    expect(await uploaded(stage, 'data:text/plain;base64,SGVsbG8=')).toMatchObject({
      type: 'text/plain',
      bytes: Buffer.from('Hello'),
    });
    expect(await uploaded(stage, 'https://files.example.com/a.pdf')).toMatchObject({
      type: 'application/pdf',
    });
  },

  'create_conversation_session.conversationId': async (stage) => {
    const payload = await session(stage, {});

    const answer = await speakWith(stage, textAt(payload, 'token'));

    expect(answer.status).toBe(200);
    expect(stage.rows().at(-1)).toMatchObject({ type: 'user', text: 'From a browser' });
  },
  'create_conversation_session.durationInSeconds': async (stage) => {
    const before = Date.now();

    const payload = await session(stage, { durationSeconds: 7200 });

    const expiresAt = Date.parse(textAt(payload, 'expiresAt'));
    expect(expiresAt).toBeGreaterThanOrEqual(before + 7200_000 - 1000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 7200_000 + 1000);
  },
};

function session(stage: Stage, given: object): Promise<unknown> {
  const input = { conversationId: stage.conversationId, ...given };
  return stage.does('createConversationSession', input, 'token expiresAt');
}

/** As a browser would, to the service itself. */
function speakWith({ parlance, nativeId }: Stage, token: string): Promise<Response> {
  const { url } = parlance.world.chatbotkit.credentials;
  return fetch(`${url}/v1/conversation/${nativeId}/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'From a browser' }),
  });
}
