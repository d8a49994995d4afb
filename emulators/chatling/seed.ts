// Tells the tales as Chatling would have recorded them. What it has no place for is left out: subjects, notes,
// plans, and who it was that answered in the bot's stead.

import type { Person, Tale } from '../story.ts';
import { HANDBOOK } from './answers.ts';
import { tenDigits } from './ids.ts';
import type { ToldTurn } from './retelling.ts';
import { retell } from './retelling.ts';
import type { ChatlingStore, ConversationRow, Rows, Source } from './store.ts';
import { stamp } from './store.ts';

export interface Seeding {
  readonly store: ChatlingStore;
  readonly rows: Rows;
  readonly tales: readonly Tale[];
  readonly chatbotId: string;
}

export function seed({ store, rows, tales, chatbotId }: Seeding): void {
  seedChatbots(store, chatbotId);
  store.knowledge.push(...knowledgeOf(tales));
  const turns = retell(tales);
  const contactIds = new Map<string, string>();
  const ratings = takingTurns([null, 1, null, 0, null]);

  const numbered = tales.map((tale, index) => ({ tale, index }));
  // Oldest first, as a real project would have filled up.
  for (const { tale, index } of numbered.toSorted(
    (one, other) => beganAt(one.tale) - beganAt(other.tale),
  )) {
    const atMs = beganAt(tale);
    const contactId = isAnonymous(index) ? null : contactFor(tale.person, index, atMs);
    const conversation = rows.beginConversation({
      chatbotId,
      contactId,
      type: index % 6 === 5 ? 'whatsapp' : 'widget',
      word: tale.key,
      atMs,
    });
    // Every eleventh was tidied away by somebody although it was not over.
    conversation.archived = tale.state === 'closed' || index % 11 === 6 ? 1 : 0;
    conversation.important = tale.vip || tale.urgency === 'urgent' ? 1 : 0;
    tell({ conversation, tale, index, turns: turns.get(tale.key) ?? tale.turns });
  }

  function contactFor(person: Person, index: number, atMs: number): string {
    const known = contactIds.get(person.email);
    if (known !== undefined) return known;
    const { id } = rows.makeContact(chatbotId, propertiesOf(person, index), atMs);
    contactIds.set(person.email, id);
    return id;
  }

  function tell({ conversation, tale, index, turns: told }: Telling): void {
    for (const [place, { by, text, at: atMs, sources }] of told.entries()) {
      if (by === 'agent' && told.findIndex((turn) => turn.by === 'agent') === place) {
        addSystem(conversation, 'A teammate joined the conversation.', atMs, { event: 'handover' });
      }
      switch (by) {
        case 'customer':
          rows.addMessage(conversation, { text, role: 'user', atMs });
          break;
        case 'agent':
          // There is no role for people: what a teammate writes comes from the bot, but not from its knowledge.
          rows.addMessage(conversation, {
            text,
            role: 'bot',
            is_ai_kb_response: false,
            data: {},
            atMs,
          });
          break;
        case 'bot':
          rows.addMessage(conversation, {
            text: place % 2 === index % 2 ? text : emphasized(text),
            role: 'bot',
            is_ai_kb_response: true,
            data: {
              helpful_value: ratings(),
              sources: sources ?? sourcesOf(tale, index),
            },
            atMs,
          });
          break;
      }
      if (place === 0 && conversation.contact_id !== null && index % 4 === 1) {
        addSystem(conversation, 'The visitor left their contact details.', atMs, {
          event: 'contact_captured',
          fields: ['name', 'email'],
        });
      }
    }
  }

  function addSystem(
    conversation: ConversationRow,
    text: string,
    atMs: number,
    data: Record<string, unknown>,
  ): void {
    rows.addMessage(conversation, { text, role: 'system', is_ai_kb_response: false, data, atMs });
  }
}

interface Telling {
  readonly conversation: ConversationRow;
  readonly tale: Tale;
  readonly index: number;
  readonly turns: readonly ToldTurn[];
}

/** Two chatbots, because the id of one is part of every address and the other must answer 404. */
function seedChatbots({ chatbots }: ChatlingStore, chatbotId: string): void {
  chatbots.set(chatbotId, {
    id: chatbotId,
    name: 'Help desk',
    version: '2.0',
    visibility: 'public',
    created_at: stamp(Date.UTC(2024, 5, 3, 9, 12, 40)),
  });
  const other = tenDigits('chatbot draft', chatbots);
  chatbots.set(other, {
    id: other,
    name: 'Help desk (draft)',
    version: '2.0',
    visibility: 'private',
    created_at: stamp(Date.UTC(2024, 8, 17, 14, 2, 5)),
  });
}

function knowledgeOf(tales: readonly Tale[]): Source[] {
  const pages = tales.flatMap(({ sources }) => sources).map(asWebpage);
  const byUrl = new Map([...HANDBOOK, ...pages].map((page) => [page.url ?? page.title, page]));
  return [...byUrl.values()];
}

function sourcesOf(tale: Tale, index: number): Source[] {
  const pages = tale.sources.map(asWebpage);
  // A document is cited without an address.
  return index % 3 === 0
    ? [...pages, { type: 'document', title: 'Onboarding handbook.pdf' }]
    : pages;
}

function asWebpage({ title, url }: { readonly title: string; readonly url: string }): Source {
  return { type: 'webpage', title, url };
}

/** The bot writes Markdown: the first sentence in bold, unless there is some already. */
function emphasized(text: string): string {
  const [sentence = ''] = /^[^*`[\]\n]+?[.!?](?=\s|$)/u.exec(text) ?? [];
  return sentence === '' ? text : `**${sentence}**${text.slice(sentence.length)}`;
}

function isAnonymous(index: number): boolean {
  return index % 5 === 3;
}

/** Most leads are known in part only. */
function propertiesOf(
  { name, email, phone, company }: Person,
  index: number,
): Record<string, string> {
  const [firstName = name, ...lastNames] = name.split(' ');
  const jobTitle = ['Owner', 'Operations manager', undefined, 'Bookkeeper', undefined][index % 5];
  return {
    first_name: firstName,
    ...(lastNames.length === 0 ? {} : { last_name: lastNames.join(' ') }),
    email,
    ...(index % 7 === 2 ? {} : { phone }),
    ...(jobTitle === undefined ? {} : { job_title: jobTitle }),
    ...(index % 6 === 4 ? {} : { company_name: company }),
    ...(index % 3 === 0 ? { website_url: `https://${email.split('@').at(-1)}` } : {}),
    ...(index % 4 === 0 ? { industry: 'Retail', city: 'Rotterdam', country: 'NL' } : {}),
  };
}

function beganAt({ turns }: Tale): number {
  return turns[0]?.at ?? 0;
}

function takingTurns<T>(values: readonly T[]): () => T | undefined {
  let taken = 0;
  return () => {
    taken += 1;
    return values[(taken - 1) % values.length];
  };
}
