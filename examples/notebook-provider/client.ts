// The endpoints of the notebook service, and what it means when one of them says no.

import {
  type Answer,
  type Ask,
  type Call,
  type Credential,
  conversationAt,
  type Failure,
  failed,
  type Http,
  isAnotherPath,
  type MessageRef,
  mapOutcome,
  messageIn,
  type Outcome,
  overload,
  type WirePage as Page,
  type ProviderName,
  quoted,
  readBody,
  readRows,
  type Tag,
} from 'parlance';
import { z } from 'zod';
import { WireNote, WireNotebook, WirePage, WireRefusal } from './wire.ts';

export interface NotebookAccount {
  readonly name: ProviderName;
  readonly settings: { readonly key: Credential; readonly shelf: string };
  readonly http: Http;
  readonly clock: () => number;
}

/** Absent is left as it is, null clears. */
export interface NotebookFields {
  readonly title?: string | null;
  readonly colour?: string | null;
  readonly reader?: string | null;
  readonly setLabels?: readonly Tag[];
  readonly removeLabels?: readonly string[];
}

export interface PageQuestion {
  readonly cursor: string | null;
  readonly limit: number;
  /** Only notebooks of this reader. */
  readonly reader?: string | undefined;
}

export function notebookClient({ name: provider, settings, http, clock }: NotebookAccount) {
  const shelf = `/v1/shelves/${encodeURIComponent(settings.shelf)}/notebooks`;
  const notebookPath = (id: string) => `${shelf}/${encodeURIComponent(id)}`;
  const notesPath = (id: string) => `${notebookPath(id)}/notes`;
  const notePath = ({ conversation, nativeId }: MessageRef) =>
    `${notesPath(conversation.nativeId)}/${encodeURIComponent(nativeId)}`;

  /** `what` is how the thing is called that a 404 says is not there. */
  async function ask<T>(
    call: Call,
    shape: z.ZodType<T>,
    { what, ...asked }: Pick<Ask, 'method' | 'path' | 'query' | 'json'> & { readonly what: string },
  ): Promise<Outcome<T>> {
    // An id such as `..` would be resolved away, and the call land somewhere else.
    if (isAnotherPath(asked.path)) return failed({ kind: 'not-found', what });
    const effect = asked.method === 'GET' ? 'read' : 'write';
    const headers = { authorization: `Bearer ${settings.key.reveal()}` };
    const answer = await http.ask(call, { ...asked, headers, effect });
    if (!answer.ok) return answer;
    const failure = refusal(answer.value, { effect, what });
    return failure ? failed(failure) : readBody(shape, answer.value.body, { provider, effect });
  }

  function refusal(
    answer: Answer,
    { effect, what }: { readonly effect: Ask['effect']; readonly what: string },
  ): Failure | undefined {
    const { status } = answer;
    if (status >= 200 && status < 300) return undefined;
    const overloaded = overload(provider, answer, { effect, now: clock() });
    if (overloaded) return overloaded;
    const error = WireRefusal.safeParse(answer.body).data?.error;
    // Should the service repeat our key in its sentence, no client reads it.
    const said = quoted(error?.message ?? `HTTP ${status}`, [settings.key.reveal()]);
    switch (status) {
      case 401:
        return { kind: 'credential-refused', provider, said };
      case 403:
        return { kind: 'forbidden', provider, said };
      case 404:
        return { kind: 'not-found', what };
      case 409:
        return { kind: 'conflict', provider, said };
      default:
        return { kind: 'refused', provider, code: error?.code ?? null, said };
    }
  }

  async function page<Row>(
    call: Call,
    row: z.ZodType<Row>,
    { path, what, question }: { path: string; what: string; question: PageQuestion },
  ): Promise<Outcome<Page<Row>>> {
    const { cursor, limit, reader } = question;
    const query = [
      ['limit', String(limit)] as const,
      ...(cursor === null ? [] : [['cursor', cursor] as const]),
      ...(reader === undefined ? [] : [['reader', reader] as const]),
    ];
    const said = await ask(call, WirePage, { method: 'GET', path, query, what });
    return mapOutcome(said, ({ items, next }) => ({
      rows: readRows(row, items),
      next: next ?? null,
    }));
  }

  const named = (id: string) => conversationAt(provider, id);

  return {
    /** Newest first by creation. */
    listNotebooks: (call: Call, question: PageQuestion) =>
      page(call, WireNotebook, { path: shelf, what: `shelf ${settings.shelf}`, question }),

    getNotebook: (call: Call, id: string) =>
      ask(call, WireNotebook, { method: 'GET', path: notebookPath(id), what: named(id) }),

    createNotebook: (call: Call, json: NotebookFields) =>
      ask(call, WireNotebook, {
        method: 'POST',
        path: shelf,
        json,
        what: `shelf ${settings.shelf}`,
      }),

    updateNotebook: (call: Call, id: string, json: NotebookFields) =>
      ask(call, WireNotebook, { method: 'PATCH', path: notebookPath(id), json, what: named(id) }),

    deleteNotebook: (call: Call, id: string) =>
      ask(call, DELETED, { method: 'DELETE', path: notebookPath(id), what: named(id) }),

    /** Newest first. */
    listNotes: (call: Call, id: string, question: PageQuestion) =>
      page(call, WireNote, { path: notesPath(id), what: named(id), question }),

    getNote: (call: Call, note: MessageRef) =>
      ask(call, WireNote, { method: 'GET', path: notePath(note), what: messageIn(note) }),

    createNote: (call: Call, id: string, json: { readonly by: string; readonly text: string }) =>
      ask(call, WireNote, { method: 'POST', path: notesPath(id), json, what: named(id) }),

    updateNote: (call: Call, note: MessageRef, json: { readonly text: string }) =>
      ask(call, WireNote, { method: 'PATCH', path: notePath(note), json, what: messageIn(note) }),

    deleteNote: (call: Call, note: MessageRef) =>
      ask(call, DELETED, { method: 'DELETE', path: notePath(note), what: messageIn(note) }),
  };
}

/** An answer that does not say so leaves open whether it is gone. */
const DELETED = z.object({ deleted: z.literal(true) }).transform(() => null);
