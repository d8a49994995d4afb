// What a provider can do, found out by trying everything on it, whatever its table says, and looking into the store.

import { FILTER_FIELDS, type FilterField } from '../../src/domain/conversation.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import { MESSAGE_KINDS, VISIBILITIES } from '../../src/domain/message.ts';
import { MESSAGE_ROLES } from '../../src/domain/participant.ts';
import { VERBS } from '../../src/domain/verb.ts';
import type { CompleteConversation, SendMessage } from '../../src/providers/verbs.ts';
import { A_FILE, attempt, getOrCreate } from './attempts.ts';
import type { Promised } from './capabilities.ts';
import { type Cells, cellsOf, FIELDS } from './cells.ts';
import { filterProbes } from './filter-probes.ts';
import { altering } from './law.ts';
import { saysAnything, walk } from './laws/lists.ts';
import {
  CONTENT_KINDS,
  type ContentKind,
  comparable,
  contactSample,
  contentSample,
  createSample,
  expected,
  kindSample,
  messageSample,
  roleSample,
  type SendSample,
  sendSample,
  updateSample,
  visibilitySample,
} from './samples.ts';
import { ask, before, conversationIn, type Stage, type StoredMessage } from './stage.ts';

type Found = [cell: string, words: readonly string[]][];

/** Every cell of a table, as it ought to be. `promised` is asked only for what no trying can tell. */
export async function census(promised: Promised): Promise<Cells> {
  const { subject } = promised;
  const found: Found = [];
  for (const part of PARTS) {
    const stage = await subject.open();
    try {
      found.push(...(await part(stage, promised)));
    } finally {
      await stage.close();
    }
  }
  return cellsOf(found);
}

/** Each begins with a world that nobody has touched. */
const PARTS: readonly ((stage: Stage, promised: Promised) => Promise<Found>)[] = [
  listing,
  creating,
  gettingOrCreating,
  updating,
  sending,
  updatingMessages,
  completing,
  upserting,
  uploading,
  ...VERBS.map((verb) => async (stage: Stage, { support }: Promised): Promise<Found> => {
    const tried = await attempt(stage, verb);
    // Whether it is the provider's own or made of its other verbs, nobody can tell from outside.
    return [[`${verb}.support`, [tried.ok ? support[verb] : 'NONE']]];
  }),
];

/** The words for which trying succeeds, one after the other: the later ones find what the earlier ones left. */
async function those<Word extends string>(
  words: readonly Word[],
  isTrue: (word: Word) => Promise<boolean>,
): Promise<Word[]> {
  const kept: Word[] = [];
  for (const word of words) if (await isTrue(word)) kept.push(word);
  return kept;
}

async function listing(
  stage: Stage,
  { paging, messagePaging, order, support }: Promised,
): Promise<Found> {
  const found: Found = [
    ['CONVERSATION_LIST.paging', [paging]],
    ['CONVERSATION_LIST.order', [order]],
    ['MESSAGE_LIST.paging', [messagePaging]],
    ['MESSAGE_LIST.order', ['by-time']],
  ];
  if (support.PARTICIPANT_LIST !== 'NONE') {
    found.push(['PARTICIPANT_LIST.paging', [paging]], ['PARTICIPANT_LIST.order', ['own']]);
  }
  for (const field of FILTER_FIELDS) {
    found.push([`CONVERSATION_LIST.filters.${field}`, [await treatmentOf(stage, field)]]);
  }
  return found;
}

async function treatmentOf(stage: Stage, field: FilterField): Promise<string> {
  const probes = filterProbes(stage, field);
  const exact = await those(
    probes.map((_probe, index) => String(index)),
    async (index) => {
      const probe = probes[Number(index)];
      const rows = probe ? await walk(stage, probe.filter) : [];
      return rows.map(({ nativeId }) => nativeId).join() === probe?.matches.join();
    },
  );
  if (probes.length > 0 && exact.length === probes.length) return 'pushed';
  return (await walk(stage)).some((row) => saysAnything(row, field)) ? 'scanned' : 'lacking';
}

async function creating(stage: Stage): Promise<Found> {
  const fields = await those(FIELDS.CONVERSATION_CREATE, async (field) => {
    const { give, shows } = createSample(stage, field);
    const made = await ask(stage, 'CONVERSATION_CREATE', ({ does }, call) =>
      does({ ...stage.scene.creation, ...give }, call),
    );
    if (!made.ok) return false;
    const { nativeId } = made.value;
    return shows(conversationIn(stage, nativeId), stage.world.messages(nativeId));
  });
  return [['CONVERSATION_CREATE.fields', fields]];
}

async function gettingOrCreating(stage: Stage, { subject, support }: Promised): Promise<Found> {
  const begin = (step: string, more: object = {}) => {
    stage.clock.pass(1_000);
    const tags = [
      { key: 'order', value: '4711' },
      { key: 'step', value: step },
    ];
    const [contactId] = stage.scene.newcomers;
    return getOrCreate(openly(stage), { ...stage.scene.creation, contactId, tags, ...more });
  };
  await begin('one');
  const others = [await begin('two'), await begin('three', { discriminateByTags: ['order'] })];
  const created = others.map((got) => got.ok && got.value.created);

  const fields = await those(FIELDS.CONVERSATION_CREATE, async (field) => {
    const fresh = await subject.open();
    try {
      const { scene, world } = fresh;
      const { give, shows } = createSample(fresh, field);
      const wanted = { ...scene.creation, contactId: scene.newcomers[0], ...give };
      const got = await getOrCreate(openly(fresh), wanted);
      if (!got.ok || !got.value.created) return false;
      const { nativeId } = got.value.conversation;
      return shows(conversationIn(fresh, nativeId), world.messages(nativeId));
    } finally {
      await fresh.close();
    }
  });
  const matches = fields.includes('tags') ? 'contact-and-tags' : 'contact';
  return [
    [
      'CONVERSATION_GET_OR_CREATE.fields',
      [...fields, ...(String(created) === 'true,false' ? ['discriminateByTags'] : [])],
    ],
    [
      'CONVERSATION_GET_OR_CREATE.matches',
      support.CONVERSATION_GET_OR_CREATE === 'NATIVE' ? [] : [matches],
    ],
  ];
}

/** With every field allowed, so that what is found is not what was declared. */
function openly(stage: Stage): Stage {
  const { provider } = stage;
  return before(
    stage,
    altering(provider, 'CONVERSATION_GET_OR_CREATE', (able) => ({
      ...able,
      fields: FIELDS.CONVERSATION_GET_OR_CREATE,
    })),
  );
}

async function updating(stage: Stage): Promise<Found> {
  const { standing: conversation } = stage.scene;
  const fields = await those(FIELDS.CONVERSATION_UPDATE, async (field) => {
    const present = conversationIn(stage, conversation.nativeId);
    const changes = updateSample(stage, field, present);
    const done = await ask(stage, 'CONVERSATION_UPDATE', ({ does }, call) =>
      does({ conversation, changes }, call),
    );
    const after = comparable(conversationIn(stage, conversation.nativeId));
    return (
      done.ok && JSON.stringify(after) === JSON.stringify(comparable(expected(present, changes)))
    );
  });
  return [['CONVERSATION_UPDATE.fields', fields]];
}

/** What a send left in the standing conversation; nothing where it was refused. */
async function sent(stage: Stage, give: Partial<SendMessage>): Promise<readonly StoredMessage[]> {
  const { standing: conversation } = stage.scene;
  stage.clock.pass(1_000);
  const known = new Set(stage.world.messages(conversation.nativeId).map((row) => row.nativeId));
  const done = await ask(stage, 'MESSAGE_SEND', ({ does, roles: [as] }, call) =>
    does(
      {
        conversation,
        content: { type: 'text', text: 'Any news?' },
        kind: 'MESSAGE',
        visibility: 'PUBLIC',
        as,
        expectReply: false,
        tags: [],
        ...give,
      },
      call,
    ),
  );
  const rows = stage.world.messages(conversation.nativeId);
  return done.ok ? rows.filter(({ nativeId }) => !known.has(nativeId)) : [];
}

async function sending(stage: Stage, { natural }: Promised): Promise<Found> {
  const own = { as: natural, ...withOptions(stage, natural) };
  const isStored = async ({ give, shows }: SendSample) =>
    (await sent(stage, { ...own, ...give })).some(shows);
  const kinds = await those(MESSAGE_KINDS, (kind) => isStored(kindSample(kind)));
  const isBot = ({ role, kind }: StoredMessage) => role === 'BOT' && kind === 'MESSAGE';
  const unasked = natural !== 'BOT' && (await sent(stage, own)).some(isBot);
  const asked = natural !== 'BOT' && (await sent(stage, { ...own, expectReply: true })).some(isBot);
  const replies = unasked ? 'always' : asked ? 'when-asked' : 'never';
  return [
    ['MESSAGE_SEND.kinds', kinds],
    ['MESSAGE_SEND.natural', [natural]],
    ['MESSAGE_SEND.replies', [replies]],
    [
      'MESSAGE_SEND.roles',
      await those(MESSAGE_ROLES, async (role) => {
        const sample = roleSample(stage, role, kinds);
        // An answer is by somebody else: the row that was written is the one that says the words.
        const rows = await sent(stage, sample.give);
        return rows.some((row) => row.text === 'Any news?' && sample.shows(row));
      }),
    ],
    [
      'MESSAGE_SEND.visibilities',
      await those(VISIBILITIES, (seen) => isStored(visibilitySample(seen, kinds))),
    ],
    [
      'MESSAGE_SEND.contentKinds',
      await those(CONTENT_KINDS, (kind) => isStored(sampleOf(stage, kind))),
    ],
    [
      'MESSAGE_SEND.fields',
      await those(FIELDS.MESSAGE_SEND, (field) => isStored(sendSample(field))),
    ],
  ];
}

function withOptions({ scene }: Stage, role: SendMessage['as']): Partial<SendMessage> {
  const options = scene.options(role);
  return options ? { options } : {};
}

/** Where everything is kept as words, only words can be told from one another. */
function sampleOf(stage: Stage, kind: ContentKind): SendSample {
  const { give, shows } = contentSample(stage, kind);
  const isWords = kind === 'text' || kind === 'markdown';
  return {
    give,
    shows: (row) => shows(row) && (isWords || row.contentKind !== 'text'),
  };
}

async function updatingMessages(stage: Stage, { natural, support }: Promised): Promise<Found> {
  if (support.MESSAGE_UPDATE === 'NONE') return [];
  const { standing } = stage.scene;
  const own = { as: natural, ...withOptions(stage, natural) };

  async function isChanged(
    give: Partial<SendMessage>,
    sample: (row: StoredMessage) => ReturnType<typeof messageSample>,
  ): Promise<boolean> {
    const [row] = await sent(stage, { ...own, ...give });
    if (!row) return false;
    const { give: changes, shows } = sample(row);
    const message = { conversation: standing, nativeId: row.nativeId };
    const done = await ask(stage, 'MESSAGE_UPDATE', ({ does }, call) =>
      does({ message, changes }, call),
    );
    const after = stage.world
      .messages(standing.nativeId)
      .find(({ nativeId }) => nativeId === row.nativeId);
    return done.ok && done.value.ignored.length === 0 && after !== undefined && shows(after);
  }

  const kinds = await those(MESSAGE_KINDS, (kind) =>
    isChanged(kind === 'MESSAGE' ? kindSample('CONTEXT').give : {}, () => ({
      // What was a system's becomes somebody's.
      give: kind === 'MESSAGE' ? { kind, as: 'BOT' } : { kind },
      shows: (row) => row.kind === kind,
    })),
  );
  return [
    [
      'MESSAGE_UPDATE.fields',
      await those(FIELDS.MESSAGE_UPDATE, (field) =>
        isChanged({}, (row) => messageSample(field, row)),
      ),
    ],
    ['MESSAGE_UPDATE.kinds', kinds],
    [
      'MESSAGE_UPDATE.roles',
      await those(MESSAGE_ROLES, (as) => {
        const give = roleSample(stage, as === natural ? 'BOT' : natural, kinds).give;
        const hidden =
          as === 'SYSTEM' && kinds.includes('CONTEXT') ? { kind: 'CONTEXT' as const } : {};
        return isChanged(give, () => ({
          give: { as, ...hidden },
          shows: ({ role }) => role === as,
        }));
      }),
    ],
    [
      'MESSAGE_UPDATE.contentKinds',
      await those(CONTENT_KINDS, (kind) => {
        const { give, shows } = sampleOf(stage, kind);
        // A message keeps its type: it is of that kind already, and its words are others.
        const isWords = kind === 'text' || kind === 'markdown';
        const { content } = give;
        const first: Partial<SendMessage> =
          kind === 'markdown'
            ? { content: { type: kind, markdown: 'Any news?' } }
            : isWords
              ? {}
              : give;
        return isChanged(first, () => ({ give: content ? { content } : {}, shows }));
      }),
    ],
  ];
}

async function completing(stage: Stage, { support, withheld }: Promised): Promise<Found> {
  if (support.CONVERSATION_COMPLETE === 'NONE') return [];
  const complete = (
    message: Partial<CompleteConversation['messages'][number]>,
    more: Partial<CompleteConversation> = {},
  ): Promise<Outcome<unknown>> =>
    ask(stage, 'CONVERSATION_COMPLETE', ({ does }, call) => {
      const said = { role: 'USER', kind: 'MESSAGE', text: 'How do I begin?', ...message } as const;
      return does({ messages: [said], ...more }, call);
    });
  const activity = { type: 'request', function: { name: 'lookUp', arguments: {} } };
  return [
    [
      'CONVERSATION_COMPLETE.roles',
      await those(
        MESSAGE_ROLES,
        async (role) =>
          (await complete(role === 'SYSTEM' ? { role, kind: 'CONTEXT' } : { role })).ok,
      ),
    ],
    [
      'CONVERSATION_COMPLETE.kinds',
      await those(
        MESSAGE_KINDS,
        async (kind) =>
          (await complete({ kind, ...(kind === 'ACTIVITY' ? { meta: { activity } } : {}) })).ok,
      ),
    ],
    [
      'CONVERSATION_COMPLETE.fields',
      await those(['contactId'], async () => {
        const [contactId] = stage.scene.newcomers;
        stage.requests();
        const done = await complete({}, { contactId });
        return done.ok && JSON.stringify(stage.requests()).includes(contactId);
      }),
    ],
    ['CONVERSATION_COMPLETE.withheld', withheld],
  ];
}

async function upserting(stage: Stage, { support }: Promised): Promise<Found> {
  if (support.CONTACT_UPSERT === 'NONE') return [];
  const upsert = (more: object) =>
    ask(stage, 'CONTACT_UPSERT', ({ does }, call) => does({ tags: [], ...more }, call));
  const somebody = {
    name: 'Mara Vos',
    email: 'mara@vos.example',
    tags: [{ key: 'email', value: 'm' }],
  };
  const owner = (await upsert(somebody)).ok ? 'account' : 'conversation';
  const fields = await those(FIELDS.CONTACT_UPSERT, async (field) => {
    const { give, shows } = contactSample(field);
    const made =
      owner === 'account'
        ? undefined
        : await ask(stage, 'CONVERSATION_CREATE', ({ does }, call) =>
            does(stage.scene.creation, call),
          );
    const conversation = made?.ok
      ? { conversation: { provider: stage.provider.name, nativeId: made.value.nativeId } }
      : {};
    // People are told apart by these, where they are.
    const apart = { email: `${field}@apart.example`, tags: [{ key: 'email', value: field }] };
    const done = await upsert({ ...apart, ...give, ...conversation });
    const row =
      done.ok &&
      stage.world.people().find(({ nativeId }) => nativeId === done.value.contact.nativeId);
    return row !== undefined && row !== false && shows(row);
  });
  return [
    ['CONTACT_UPSERT.of', [owner]],
    ['CONTACT_UPSERT.fields', fields],
  ];
}

async function uploading(stage: Stage, { support }: Promised): Promise<Found> {
  if (support.ATTACHMENT_UPLOAD === 'NONE') return [];
  const { standing: conversation } = stage.scene;
  const fields = await those(FIELDS.ATTACHMENT_UPLOAD, async (kind) => {
    const known = stage.world.attachments().length;
    const done = await ask(stage, 'ATTACHMENT_UPLOAD', ({ does }, call) => {
      const source =
        kind === 'url'
          ? { kind, url: A_FILE }
          : { kind, type: 'text/plain', size: 13, name: 'a.txt' };
      return does({ conversation, source }, call);
    });
    const isPromised = kind === 'url' || (done.ok && done.value.upload !== null);
    return done.ok && isPromised && stage.world.attachments().length === known + 1;
  });
  return [['ATTACHMENT_UPLOAD.fields', fields]];
}
