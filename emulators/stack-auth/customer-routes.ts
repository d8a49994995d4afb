// The customers' side: a user of the project itself writes to its support, in snake case and without seeing notes.

import type { Auth } from './auth.ts';
import { refusal } from './errors.ts';
import { accept, type Exchange } from './exchange.ts';
import { appendReply, createConversation, type Desk } from './lifecycle.ts';
import { CONVERSATION_ID, optionalText, type Route, textAt } from './routes.ts';
import { findConversations } from './search.ts';
import { object, text } from './shapes.ts';
import { type ConversationRow, type ProjectRow, senderOf, type UserRow } from './store.ts';
import type { Views } from './views.ts';

export interface CustomerRoutesOptions {
  readonly desk: Desk;
  readonly views: Views;
  /** Where the conversations are found below the version. */
  readonly root: string;
  readonly paged: boolean;
  readonly wildcards: boolean;
}

export function customerRoutes(options: CustomerRoutesOptions): Route[] {
  const { desk, views, root, paged, wildcards } = options;
  const optional = text({ optional: true });

  /** Other people's conversations are as good as none. */
  function own(exchange: Exchange, id: string): ConversationRow {
    const conversation = desk.store.conversations.get(id.toLowerCase());
    const { project, user } = customerOf(exchange.auth);
    if (conversation?.projectId !== project.id || conversation.userId !== user.id) {
      throw refusal.conversationNotFound();
    }
    return conversation;
  }

  function shown(conversation: ConversationRow) {
    const detail = views.customerDetail(conversation);
    if (!detail) throw refusal.conversationNotFound();
    return { status: 200, body: detail };
  }

  return [
    {
      method: 'GET',
      path: root,
      answer(exchange) {
        const { query } = accept(exchange, {
          auth: customer,
          query: object({
            query: optional,
            ...(paged ? { limit: optional, offset: optional } : {}),
          }),
        });
        const { project, user } = customerOf(exchange.auth);
        const { conversations, hasMore } = findConversations(
          desk.store,
          {
            projectId: project.id,
            audience: 'customer',
            userId: user.id,
            query: optionalText(query, 'query'),
            limit: optionalText(query, 'limit'),
            offset: optionalText(query, 'offset'),
          },
          { wildcards },
        );
        const rows = conversations.map((row) => views.customerSummary(row));
        return {
          status: 200,
          body: { conversations: rows, ...(paged ? { has_more: hasMore } : {}) },
        };
      },
    },
    {
      method: 'POST',
      path: root,
      answer(exchange) {
        const { body } = accept(exchange, {
          auth: customer,
          body: object({
            subject: text({ trimmed: true, min: 1 }),
            message: text({ trimmed: true, min: 1 }),
          }),
        });
        const { project, user } = customerOf(exchange.auth);
        const conversation = createConversation(desk, {
          projectId: project.id,
          userId: user.id,
          subject: textAt(body, 'subject'),
          priority: 'normal',
          source: 'chat',
          adapterKey: 'support-chat',
          body: textAt(body, 'message'),
          sender: senderOf(user, 'user'),
        });
        return { status: 200, body: { conversation_id: conversation.id } };
      },
    },
    {
      method: 'GET',
      path: `${root}/:conversationId`,
      answer(exchange) {
        const { params } = accept(exchange, { auth: customer, params: CONVERSATION_ID });
        // No query is declared here, and what is not declared is not checked: any query goes.
        return shown(own(exchange, textAt(params, 'conversationId')));
      },
    },
    {
      method: 'PATCH',
      path: `${root}/:conversationId`,
      answer(exchange) {
        const { params, body } = accept(exchange, {
          auth: customer,
          params: CONVERSATION_ID,
          // The limit came together with paging.
          body: object({
            message: text({ trimmed: true, min: 1, ...(paged ? { max: 5000 } : {}) }),
          }),
        });
        const conversation = own(exchange, textAt(params, 'conversationId'));
        const { user } = customerOf(exchange.auth);
        appendReply(desk, conversation, {
          body: textAt(body, 'message'),
          sender: senderOf(user, 'user'),
        });
        return shown(conversation);
      },
    },
  ];
}

/** The form in the dashboard: it mails someone, and where the sender is signed in it also opens a conversation. */
export function feedbackRoute(desk: Desk): Route {
  return {
    method: 'POST',
    path: '/internal/feedback',
    answer(exchange) {
      const { body } = accept(exchange, { body: FEEDBACK });
      const { project, user } = exchange.auth ?? {};
      if (project && user) {
        const label = body['feedback_type'] === 'bug' ? 'Bug Report' : 'Support';
        createConversation(desk, {
          projectId: project.id,
          userId: user.id,
          subject: `[${label}] ${textAt(body, 'email')}`,
          priority: 'normal',
          source: 'api',
          adapterKey: 'dashboard-support-form',
          body: textAt(body, 'message'),
          sender: senderOf(user, 'user'),
        });
      }
      return { status: 200, body: { success: true } };
    },
  };
}

const FEEDBACK = object({
  name: text({ optional: true, max: 100 }),
  email: text({ notEmpty: true }),
  message: text({ notEmpty: true, max: 5000 }),
  feedback_type: text({ optional: true, oneOf: ['feedback', 'bug'] }),
});

function customer(auth: Auth | null): readonly string[] {
  if (!auth) throw refusal.accessTypeRequired();
  // Servers act for nobody in particular, and these routes are about somebody's own.
  if (auth.type !== 'client') throw refusal.insufficientAccessType(auth.type, ['client']);
  return auth.user ? [] : ['auth.user must be defined'];
}

function customerOf(auth: Auth | null): { readonly project: ProjectRow; readonly user: UserRow } {
  if (!auth?.user) throw new TypeError('Routes check the caller before they ask who it is.');
  return { project: auth.project, user: auth.user };
}
