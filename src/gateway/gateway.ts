// The use cases: what a client may ask, in the words of the schema, over however many providers there are.

import type { Conversation } from '../domain/conversation.ts';
import type { Outcome } from '../domain/failure.ts';
import type { ConversationRef, MessageRef, ProviderName } from '../domain/ids.ts';
import type { Message } from '../domain/message.ts';
import type { Participant } from '../domain/participant.ts';
import type { Provider, WebhookRequest } from '../providers/provider.ts';
import type {
  CreateSession,
  NameParticipant,
  RateMessage,
  Session,
  UpdatedConversation,
  UpdatedMessage,
} from '../providers/verbs.ts';
import type { Left } from '../state/budget/budget.ts';
import type { Operation } from './dispatch.ts';
import type { Health } from './health.ts';
import type { ConversationPage, EdgePage, FilterAsked, PageAsked } from './lists/pages.ts';
import type { EventsAsked, Told } from './live/subscribe.ts';
import type { KeyedWrites } from './writes/keyed-writes.ts';
import type { UpdateInput } from './writes/update-conversation.ts';
import type { UpdateMessageInput } from './writes/update-message.ts';
import type { ContactUpserted, UpsertContactInput } from './writes/upsert-contact.ts';

export interface Gateway extends KeyedWrites {
  readonly providers: readonly Provider[];
  provider(name: string): Provider | undefined;
  /** Its rate limit is null where nothing is known of one. */
  health(name: ProviderName): Health & { readonly rateLimit: Left | null };

  listConversations(
    asked: PageAsked & { readonly filter: FilterAsked },
    operation: Operation,
  ): Promise<Outcome<ConversationPage>>;
  listMessages(
    conversation: Conversation,
    asked: PageAsked & { readonly includeHidden: boolean },
    operation: Operation,
  ): Promise<Outcome<EdgePage<Message>>>;
  /** Null where the provider has no list of them. */
  listParticipants(
    conversation: Conversation,
    asked: PageAsked,
    operation: Operation,
  ): Promise<Outcome<EdgePage<Participant> | null>>;
  getConversation(ref: ConversationRef, operation: Operation): Promise<Outcome<Conversation>>;
  getMessage(ref: MessageRef, operation: Operation): Promise<Outcome<Message>>;
  /** Whether an operation can come after this: fails with `invalid-input` for what is the cursor of no event. */
  checkAfter(after: string): Outcome<null>;

  updateConversation(
    input: UpdateInput,
    operation: Operation,
  ): Promise<Outcome<UpdatedConversation>>;
  deleteConversation(ref: ConversationRef, operation: Operation): Promise<Outcome<null>>;
  updateMessage(input: UpdateMessageInput, operation: Operation): Promise<Outcome<UpdatedMessage>>;
  deleteMessage(ref: MessageRef, operation: Operation): Promise<Outcome<null>>;
  rateMessage(input: RateMessage, operation: Operation): Promise<Outcome<Message>>;
  upsertContact(input: UpsertContactInput, operation: Operation): Promise<Outcome<ContactUpserted>>;
  addParticipant(input: NameParticipant, operation: Operation): Promise<Outcome<Participant>>;
  removeParticipant(input: NameParticipant, operation: Operation): Promise<Outcome<string>>;
  createSession(input: CreateSession, operation: Operation): Promise<Outcome<Session>>;

  /** Told until the signal is aborted or the iteration ended. */
  subscribe(asked: EventsAsked, signal: AbortSignal): Promise<Outcome<AsyncIterable<Told>>>;
  /** Whether anything may be posted to us in the name of this provider. */
  takesWebhooks(provider: string): boolean;
  /** How many events came of what a service posted, once they are in the log. */
  webhook(provider: string, request: WebhookRequest): Promise<Outcome<number>>;
  /** How long one operation may take, whatever is asked in it. Milliseconds. */
  readonly operationMs: number;
  /** How many listen now. */
  readonly listeners: number;
  /** Ends every subscription, whatever was done for their sake, and the answers that nobody waits for any longer. */
  close(): Promise<void>;
}
