// The example of a provider from outside this tree before the laws: nothing is made easier for it.

import { startEmulator } from '../../../emulators/emulator.ts';
import notebook from '../../../examples/notebook-provider/index.ts';
import {
  type NotebookRow,
  type NotebookService,
  notebookService,
} from '../../../examples/notebook-provider/service.ts';
import { openOwnProvider } from '../../../src/compose/open-own-provider.ts';
import { providerName } from '../../../src/domain/ids.ts';
import { openHttp } from '../../../src/providers/http.ts';
import { type TestClock, testClock } from '../../support/clock.ts';
import { ask, type Stage, type Subject, stageOf, type World } from '../stage.ts';

const NAME = providerName('notes');
const KEY = 'nbk-hidden-from-everybody';
const BOOKS = '/v1/shelves/main/notebooks';

export const exampleNotebook: Subject = { name: 'examples/notebook-provider', open };

async function open(): Promise<Stage> {
  const clock = testClock();
  const service = notebookService({ key: KEY, shelf: 'main', clock });
  tell(service, clock);
  const emulator = await startEmulator({
    answer: ({ method, path, query, headers: { authorization }, body }) =>
      service.answer({ method, path, query, authorization, body: body.toString('utf8') }),
    wordFault: (status) => ({ status, body: { error: { code: 'fault', message: 'It is out.' } } }),
    say: () => false,
  });
  const [first, second, third] = service.notebooks.map(({ id }) => ({
    provider: NAME,
    nativeId: id,
  }));
  if (!first || !second || !third) throw new Error('no three notebooks: tell more of them');

  return stageOf({
    emulator,
    clock,
    world: worldOf(service),
    secrets: [KEY],
    provider: (dispatcher) =>
      openOwnProvider(
        {
          kind: 'generic',
          of: notebook.kind,
          definition: notebook,
          name: NAME,
          deadlineMs: 2_500,
          replyDeadlineMs: 30_000,
          settings: { key: { reveal: () => KEY }, shelf: 'main' },
        },
        { http: openHttp({ provider: NAME, origin: emulator.url, dispatcher }), clock },
      ),
    scene: {
      standing: first,
      another: second,
      lonely: third,
      absent: { provider: NAME, nativeId: 'notebook-100000' },
      absentMessage: { conversation: first, nativeId: 'note-100000' },
      channel: 'paper',
      newcomers: ['reader-nova', 'reader-orin'],
      creation: { title: 'Next year', tags: [] },
      options: () => undefined,
      mistakes: [
        {
          verb: 'MESSAGE_UPDATE',
          path: 'content',
          make: (provider, call) =>
            ask({ provider }, 'MESSAGE_UPDATE', ({ does }) =>
              does({ message: { conversation: first, nativeId: 'note-2' }, changes: {} }, call),
            ),
        },
      ],
      silent: ['CONVERSATION_DELETE', 'MESSAGE_DELETE'],
      // Its notes are plain words: nobody reads marks in them.
      storedAs: (contentKind) => contentKind,
    },
  });
}

/** Seven notebooks of two readers, the first with notes of both sides. */
function tell(service: NotebookService, clock: TestClock): void {
  const authorization = `Bearer ${KEY}`;
  const write = (path: string, body: object) => {
    clock.pass(60_000);
    service.answer({ method: 'POST', path, query: '', authorization, body: JSON.stringify(body) });
    return service.notebooks.at(-1);
  };
  for (const [index, title] of TITLES.entries()) {
    const book = write(BOOKS, {
      title,
      ...(index % 3 === 2 ? {} : { reader: `reader-${index % 3}` }),
      setLabels: [
        { key: 'year', value: String(2020 + (index % 2)) },
        ...(index % 2 === 0 ? [{ key: 'kept', value: null }] : []),
      ],
    });
    const notes = `${BOOKS}/${book?.id}/notes`;
    for (const said of index === 0 ? ['One.', 'Two.', 'Three.', 'Four.'] : ['Only one.']) {
      write(notes, { by: said === 'Two.' ? 'reader' : 'keeper', text: said });
    }
  }
}

const TITLES = ['Garden', 'Kitchen', 'Journeys', 'Books', 'Guests', 'Bees', 'Winter'];

function worldOf({ notebooks }: NotebookService): World {
  const bookAt = (id: string): NotebookRow | undefined => notebooks.find((book) => book.id === id);
  return {
    conversations: () =>
      notebooks.toReversed().map((book) => ({
        nativeId: book.id,
        channel: null,
        title: book.title,
        description: null,
        status: null,
        priority: null,
        archived: null,
        important: null,
        assignee: null,
        contactId: book.reader,
        participants: book.reader === null ? [] : [book.reader],
        tags: book.labels,
        createdAtMs: Date.parse(book.createdAt),
        words: [book.title ?? '', book.notes.at(-1)?.text ?? ''].filter(Boolean),
      })),
    messages: (conversationId) =>
      (bookAt(conversationId)?.notes ?? []).toReversed().map((note) => ({
        nativeId: note.id,
        role: note.by === 'reader' ? 'USER' : 'AGENT',
        kind: 'MESSAGE',
        visibility: 'PUBLIC',
        text: note.text,
        contentKind: 'text',
        name: null,
        description: null,
        tags: [],
        rating: null,
      })),
    people: () => [],
    attachments: () => [],
  };
}
