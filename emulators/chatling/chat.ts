// Asking the AI, which is the only way to send: the question is stored, answered and paid for in one call.

import type { EmulatorAnswer } from '../emulator.ts';
import { answerTo } from './answers.ts';
import { LANGUAGES, MODELS } from './models.ts';
import { page } from './pages.ts';
import { problemUnless, success } from './refusals.ts';
import type { Ask, Route, World } from './routes.ts';
import type { ConversationRow } from './store.ts';

export function chatRoutes(world: World): Route[] {
  return [
    { method: 'POST', pattern: '/chatbots/*/ai/kb/chat', answer: (ask) => chat(world, ask) },
    {
      method: 'GET',
      pattern: '/chatbots/*/ai/kb/models',
      answer: (ask) =>
        page(world, ask, { name: 'models', perPage: 15, rows: MODELS, show: (model) => model }),
    },
    {
      method: 'GET',
      pattern: '/chatbots/*/ai/kb/languages',
      answer: (ask) =>
        page(world, ask, {
          name: 'languages',
          perPage: 15,
          rows: LANGUAGES,
          show: (language) => language,
        }),
    },
  ];
}

function chat(world: World, { ids: [chatbotId = ''], body }: Ask): EmulatorAnswer {
  const { store, rows, switches, refuse, clock } = world;
  const asked = question(body);
  if (asked.problems !== undefined) return refuse.invalid(asked.problems);
  const { message, model, contactId, conversationId } = asked;

  if (contactId !== undefined && store.contacts.get(contactId)?.chatbot_id !== chatbotId) {
    return refuse.unknownReference('contact_id', 'Contact');
  }
  const known = conversationId === undefined ? undefined : store.conversations.get(conversationId);
  const continued = known?.chatbot_id === chatbotId ? known : undefined;
  if (conversationId !== undefined && !continued && switches.unknownConversation === 'refuse') {
    return refuse.notFound('Conversation');
  }
  if (switches.credits === 'exhausted') return refuse.outOfCredits();

  const atMs = clock();
  const conversation: ConversationRow =
    continued ?? rows.beginConversation({ chatbotId, contactId: null, type: 'api', atMs });
  if (contactId !== undefined) conversation.contact_id = contactId;
  const { response, sources } = answerTo(message, conversation.messages.length, store.knowledge);
  rows.addMessage(conversation, { text: message, role: 'user', atMs });
  const answer = rows.addMessage(conversation, {
    text: response,
    role: 'bot',
    is_ai_kb_response: true,
    data: { helpful_value: null, sources },
    atMs: clock(),
  });
  store.aiCreditsUsed += model.credits;

  return success({
    conversation_id: conversation.id,
    ...(switches.chatMessageId ? { message_id: answer.id } : {}),
    response,
    sources,
  });
}

function question(body: Readonly<Record<string, unknown>>) {
  const { message, instructions = [], temperature = 0, contact_id: contactId } = body;
  const { ai_model_id: modelId, language_id: languageId = 1, conversation_id: said } = body;
  const model = MODELS.find(({ id }) => id === modelId);
  // An older page types it as an integer, a newer one as a string.
  const conversationId = typeof said === 'number' ? String(said) : said;
  const { min, max } = model?.temperature ?? { min: 0, max: 2 };

  const problems = {
    ...problemUnless(typeof message === 'string' && message.trim() !== '', 'message', 'a text'),
    ...problemUnless(model !== undefined, 'ai_model_id', 'the id of a model'),
    ...problemUnless(
      LANGUAGES.some(({ id }) => id === languageId),
      'language_id',
      'the id of a language',
    ),
    ...problemUnless(
      typeof temperature === 'number' && temperature >= min && temperature <= max,
      'temperature',
      `a number from ${min} to ${max}`,
    ),
    ...problemUnless(
      Array.isArray(instructions) && instructions.every((line) => typeof line === 'string'),
      'instructions',
      'a list of strings',
    ),
    ...problemUnless(
      conversationId === undefined || typeof conversationId === 'string',
      'conversation_id',
      'a string',
    ),
    ...problemUnless(
      contactId === undefined || typeof contactId === 'string',
      'contact_id',
      'a string',
    ),
  };
  if (Object.keys(problems).length > 0 || typeof message !== 'string' || model === undefined) {
    return { problems };
  }
  return {
    problems: undefined,
    message,
    model,
    conversationId: typeof conversationId === 'string' ? conversationId : undefined,
    contactId: typeof contactId === 'string' ? contactId : undefined,
  };
}
