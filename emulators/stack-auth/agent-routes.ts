// The agents' side: a dashboard user of the project "internal" works in the inbox of a project their team owns.

import type { Auth } from './auth.ts';
import { refusal } from './errors.ts';
import { accept, type Exchange, type Expected } from './exchange.ts';
import {
  appendNote,
  appendReply,
  changeAttributes,
  changeStatus,
  createConversation,
  type Desk,
} from './lifecycle.ts';
import { CONVERSATION_ID, list, member, optionalText, type Route, textAt } from './routes.ts';
import { findConversations } from './search.ts';
import { object, text, texts, union } from './shapes.ts';
import {
  type ConversationRow,
  managedProjectIds,
  PRIORITIES,
  SOURCES,
  type Source,
  STATUSES,
  senderOf,
  type UserRow,
} from './store.ts';
import type { Views } from './views.ts';

export interface AgentRoutesOptions {
  readonly desk: Desk;
  readonly views: Views;
  /** The feature branch listed up to 200 and had no word for more. */
  readonly paged: boolean;
  readonly wildcards: boolean;
}

export function agentRoutes({ desk, views, paged, wildcards }: AgentRoutesOptions): Route[] {
  const { store } = desk;

  function conversationOf(projectId: string, id: string): ConversationRow {
    // The database compares uuids as such, so that capitals find them too.
    const conversation = store.conversations.get(id.toLowerCase());
    if (conversation?.projectId !== projectId) throw refusal.conversationNotFound();
    return conversation;
  }

  function shown(conversation: ConversationRow) {
    const detail = views.detail(conversation);
    if (!detail) throw refusal.conversationNotFound();
    return { status: 200, body: detail };
  }

  /** Ownership is asked before existence: who may not look learns nothing. */
  function enter(exchange: Exchange, projectId: string): UserRow {
    const user = exchange.auth?.user;
    if (!user || !managedProjectIds(store, user).includes(projectId)) {
      throw refusal.projectNotFound(projectId);
    }
    return user;
  }

  return [
    {
      method: 'GET',
      path: '/internal/conversations',
      answer(exchange) {
        const { query } = accept(exchange, { auth: dashboardUser, query: listQuery(paged) });
        const projectId = textAt(query, 'projectId');
        enter(exchange, projectId);
        const { conversations, hasMore } = findConversations(
          store,
          {
            projectId,
            audience: 'agent',
            query: optionalText(query, 'query'),
            status: member(STATUSES, query['status']),
            userId: optionalText(query, 'userId'),
            limit: optionalText(query, 'limit'),
            offset: optionalText(query, 'offset'),
          },
          { wildcards },
        );
        const rows = conversations.map((row) => views.summary(row));
        return { status: 200, body: { conversations: rows, ...(paged ? { hasMore } : {}) } };
      },
    },
    {
      method: 'POST',
      path: '/internal/conversations',
      answer(exchange) {
        const { body } = accept(exchange, { auth: dashboardUser, body: CREATE });
        const projectId = textAt(body, 'projectId');
        const agent = enter(exchange, projectId);
        const userId = textAt(body, 'userId');
        const user = store.users.get(userId.toLowerCase());
        if (user?.projectId !== projectId) throw refusal.userIdDoesNotExist(userId);
        const source = member(SOURCES, body['source']) ?? 'manual';
        const conversation = createConversation(desk, {
          projectId,
          userId: user.id,
          subject: textAt(body, 'subject'),
          priority: member(PRIORITIES, body['priority']) ?? 'normal',
          source,
          adapterKey: adapterKeyOf(source),
          body: textAt(body, 'initialMessage'),
          sender: senderOf(agent, 'agent'),
        });
        // 200, not 201, and nothing but the id.
        return { status: 200, body: { conversationId: conversation.id } };
      },
    },
    {
      method: 'GET',
      path: '/internal/conversations/:conversationId',
      answer(exchange) {
        const { params, query } = accept(exchange, {
          auth: dashboardUser,
          params: CONVERSATION_ID,
          query: object({ projectId: text({ form: 'project-id' }) }),
        });
        const projectId = textAt(query, 'projectId');
        enter(exchange, projectId);
        return shown(conversationOf(projectId, textAt(params, 'conversationId')));
      },
    },
    {
      method: 'PATCH',
      path: '/internal/conversations/:conversationId',
      answer(exchange) {
        const { params, body } = accept(exchange, {
          auth: dashboardUser,
          params: CONVERSATION_ID,
          body: UPDATE,
        });
        const projectId = textAt(body, 'projectId');
        const sender = senderOf(enter(exchange, projectId), 'agent');
        const conversation = conversationOf(projectId, textAt(params, 'conversationId'));
        switch (body['type']) {
          case 'reply':
            appendReply(desk, conversation, { body: textAt(body, 'body'), sender });
            break;
          case 'internal-note':
            appendNote(desk, conversation, { body: textAt(body, 'body'), sender });
            break;
          case 'status': {
            const status = member(STATUSES, body['status']) ?? 'open';
            if (status === conversation.status) throw refusal.conversationIsAlready(status);
            changeStatus(desk, conversation, { status, sender });
            break;
          }
          default:
            // Null and absent are one and the same from here on.
            changeAttributes(desk, conversation, {
              assignedToUserId: optionalText(body, 'assignedToUserId'),
              assignedToDisplayName: optionalText(body, 'assignedToDisplayName'),
              tags: list(body['tags']),
              priority: member(PRIORITIES, body['priority']),
            });
        }
        return shown(conversation);
      },
    },
  ];
}

/** Keys of the customer's own project are of no use here, whatever their rank: the project must be "internal". */
function dashboardUser(auth: Auth | null): readonly string[] {
  if (!auth) throw refusal.accessTypeRequired();
  return [
    ...(auth.user ? [] : ['auth.user must be defined']),
    ...(auth.project.id === 'internal'
      ? []
      : ['auth.project.id must be one of the following values: internal']),
  ];
}

function listQuery(paged: boolean): NonNullable<Expected['query']> {
  const optional = text({ optional: true });
  return object({
    projectId: text({ form: 'project-id' }),
    query: optional,
    status: text({ optional: true, oneOf: STATUSES }),
    userId: text({ optional: true, form: 'uuid' }),
    ...(paged ? { limit: optional, offset: optional } : {}),
  });
}

/** Unlike an update this is no union, so that texts are trimmed and turned before they are checked. */
const CREATE = object({
  projectId: text({ form: 'project-id' }),
  userId: text({ form: 'uuid' }),
  subject: text({ trimmed: true, min: 1 }),
  initialMessage: text({ trimmed: true, min: 1 }),
  priority: text({ oneOf: PRIORITIES }),
  source: text({ optional: true, oneOf: SOURCES }),
});

/** In this order: the failure text counts the members from 0 and clients show it as it is. */
const UPDATE = union(
  object({
    projectId: text({ form: 'project-id' }),
    type: text({ oneOf: ['internal-note'] }),
    body: text({ trimmed: true, min: 1 }),
  }),
  object({
    projectId: text({ form: 'project-id' }),
    type: text({ oneOf: ['reply'] }),
    body: text({ trimmed: true, min: 1 }),
  }),
  object({
    projectId: text({ form: 'project-id' }),
    type: text({ oneOf: ['status'] }),
    status: text({ oneOf: STATUSES }),
  }),
  object({
    projectId: text({ form: 'project-id' }),
    type: text({ oneOf: ['metadata'] }),
    assignedToUserId: text({ optional: true, nullable: true }),
    assignedToDisplayName: text({ optional: true, nullable: true }),
    priority: text({ optional: true, oneOf: PRIORITIES }),
    tags: texts(),
  }),
);

/** Only chat has a door of its own; the rest is filed under the dashboard's. */
function adapterKeyOf(source: Source): string {
  return source === 'chat' ? 'support-chat' : 'support-dashboard';
}
