// The mutations as a client writes them, asking for all there is to know of what became of them.

import { encodeId, providerName } from '../../src/domain/ids.ts';
import type { AccountName } from './accounts.ts';
import { at } from './answer.ts';
import type { TestParlance } from './parlance.ts';

export type MutationName = keyof typeof DOCUMENTS;

type Asking = Pick<TestParlance, 'ask'>;

/** The member of the result's union, with its `__typename`. Whatever else is wrong with the answer is thrown. */
export async function mutate(
  { ask }: Asking,
  mutation: MutationName,
  input: object,
): Promise<unknown> {
  const answer = await ask(DOCUMENTS[mutation], { input });
  if (answer.errors.length > 0) {
    throw new Error(`${mutation} was answered with errors: ${JSON.stringify(answer.errors)}`);
  }
  return at(answer.data, 'result');
}

/** Its text. */
export function mutationOf(mutation: MutationName): string {
  return DOCUMENTS[mutation];
}

/** The same of a mutation that takes an idempotency key: the key is in its payload. */
export async function mutateKeyed(
  { ask }: Asking,
  mutation: MutationName,
  input: object,
): Promise<unknown> {
  const query = DOCUMENTS[mutation].replace(/Payload \{/, 'Payload { idempotencyKey');
  const answer = await ask(query, { input });
  if (answer.errors.length > 0) {
    throw new Error(`${mutation} was answered with errors: ${JSON.stringify(answer.errors)}`);
  }
  return at(answer.data, 'result');
}

export function conversationId(account: AccountName | 'nobody', nativeId: string): string {
  const conversation = { provider: providerName(account), nativeId };
  return encodeId({ type: 'Conversation', conversation });
}

export function messageId(
  account: AccountName | 'nobody',
  {
    conversationId: inside,
    id: nativeId,
  }: { readonly conversationId: string; readonly id: string },
): string {
  const conversation = { provider: providerName(account), nativeId: inside };
  return encodeId({ type: 'Message', message: { conversation, nativeId } });
}

export function contactId(account: AccountName, nativeId: string): string {
  return encodeId({ type: 'Contact', provider: providerName(account), nativeId });
}

const CONVERSATION_FIELDS = `
  id nativeId provider { name } channel title description status priority archived important
  tags { key value } contact { id nativeId } assignee { nativeId name }
  createdAt updatedAt lastActivityAt sortedAt
  native {
    __typename
    ... on BotpressConversation { integration currentTaskId }
    ... on ChatlingConversation { chatbotId conversationType }
    ... on ChatBotKitConversation {
      meta contactId taskId spaceId botId model backstory datasetId skillsetId privacy moderation
    }
    ... on StackAuthConversation { source metadata { tags assignedToUserId } }
  }
`;

export const MESSAGE_FIELDS = `
  id nativeId role kind visibility author { nativeId name role } text
  content { ...Content ... on BlocContent { items { ...Content } } }
  citations { title url } tags { key value } createdAt
  native {
    __typename
    ... on BotpressMessage { type payload direction userId }
    ... on ChatBotKitMessage { type meta name description }
    ... on StackAuthMessage { messageType }
  }
`;

/** To be put behind whatever asks for \`MESSAGE_FIELDS\`. */
export const CONTENT_FRAGMENTS = `
  fragment Card on CardContent { cardTitle: title subtitle imageUrl actions { action label value } }
  fragment Content on MessageContent {
    __typename
    ... on TextContent { text }
    ... on MarkdownContent { markdown }
    ... on ImageContent { url title }
    ... on AudioContent { url title }
    ... on VideoContent { url title }
    ... on FileContent { url title }
    ... on LocationContent { latitude longitude address title }
    ... on ChoiceContent { text options { label value } dropdown }
    ... on CardContent { ...Card }
    ... on CarouselContent { cards { ...Card } }
    ... on UnknownContent { type payload }
  }
`;

/** A refusal or a rate limit may be the gateway's own, so its provider is nullable and needs a name of its own here. */
const ERRORS = `
  __typename
  ... on Error { code message }
  ... on InvalidInputError { issues { path message } }
  ... on UnsupportedError { provider { name } verb note }
  ... on ForbiddenError { refusedBy: provider { name } }
  ... on RateLimitedError { limitedBy: provider { name } retryAt }
  ... on ProviderUnavailableError { provider { name } retryAt }
  ... on ProviderRefusedError { provider { name } providerCode providerMessage }
  ... on ProviderAuthError { provider { name } }
  ... on OutcomeUnknownError { provider { name } }
`;

const DOCUMENTS = {
  updateConversation: `mutation ($input: UpdateConversationInput!) {
    result: updateConversation(input: $input) {
      ${ERRORS}
      ... on UpdateConversationPayload {
        conversation { ${CONVERSATION_FIELDS} }
        ignored
        unfinished { __typename code message }
      }
    }
  }`,
  createConversation: `mutation ($input: CreateConversationInput!) {
    result: createConversation(input: $input) {
      ${ERRORS}
      ... on CreateConversationPayload { conversation { ${CONVERSATION_FIELDS} } }
    }
  }`,
  getOrCreateConversation: `mutation ($input: GetOrCreateConversationInput!) {
    result: getOrCreateConversation(input: $input) {
      ${ERRORS}
      ... on GetOrCreateConversationPayload { created conversation { ${CONVERSATION_FIELDS} } }
    }
  }`,
  deleteConversation: `mutation ($input: DeleteConversationInput!) {
    result: deleteConversation(input: $input) {
      ${ERRORS}
      ... on DeleteConversationPayload { deletedId }
    }
  }`,
  sendMessage: `mutation ($input: SendMessageInput!) {
    result: sendMessage(input: $input) {
      ${ERRORS}
      ... on SendMessagePayload {
        delivery
        sent: message { ${MESSAGE_FIELDS} }
        reply { ${MESSAGE_FIELDS} }
        usage { tokens endReason }
      }
    }
  }
  ${CONTENT_FRAGMENTS}`,
  updateMessage: `mutation ($input: UpdateMessageInput!) {
    result: updateMessage(input: $input) {
      ${ERRORS}
      ... on UpdateMessagePayload { updated: message { ${MESSAGE_FIELDS} } ignored }
    }
  }
  ${CONTENT_FRAGMENTS}`,
  deleteMessage: `mutation ($input: DeleteMessageInput!) {
    result: deleteMessage(input: $input) {
      ${ERRORS}
      ... on DeleteMessagePayload { deletedId }
    }
  }`,
  rateMessage: `mutation ($input: RateMessageInput!) {
    result: rateMessage(input: $input) {
      ${ERRORS}
      ... on RateMessagePayload { rated: message { ${MESSAGE_FIELDS} rating } }
    }
  }
  ${CONTENT_FRAGMENTS}`,
  requestReply: `mutation ($input: RequestReplyInput!) {
    result: requestReply(input: $input) {
      ${ERRORS}
      ... on RequestReplyPayload {
        reply { ${MESSAGE_FIELDS} }
        usage { tokens endReason }
        unfinished { __typename code message }
        conversation { id }
      }
    }
  }
  ${CONTENT_FRAGMENTS}`,
  completeConversation: `mutation ($input: CompleteConversationInput!) {
    result: completeConversation(input: $input) {
      ${ERRORS}
      ... on CompleteConversationPayload { text usage { tokens endReason } }
    }
  }`,
  upsertContact: `mutation ($input: UpsertContactInput!) {
    result: upsertContact(input: $input) {
      ${ERRORS}
      ... on UpsertContactPayload {
        outcome
        contact { id nativeId name email phone imageUrl }
      }
    }
  }`,
  addParticipant: `mutation ($input: AddParticipantInput!) {
    result: addParticipant(input: $input) {
      ${ERRORS}
      ... on AddParticipantPayload {
        participant { id nativeId role name email imageUrl }
        conversation { id }
      }
    }
  }`,
  removeParticipant: `mutation ($input: RemoveParticipantInput!) {
    result: removeParticipant(input: $input) {
      ${ERRORS}
      ... on RemoveParticipantPayload { removedId conversation { id } }
    }
  }`,
  uploadAttachment: `mutation ($input: UploadAttachmentInput!) {
    result: uploadAttachment(input: $input) {
      ${ERRORS}
      ... on UploadAttachmentPayload {
        attachment { name type url }
        upload { method url headers { name value } }
        conversation { id }
      }
    }
  }`,
  createConversationSession: `mutation ($input: CreateConversationSessionInput!) {
    result: createConversationSession(input: $input) {
      ${ERRORS}
      ... on CreateConversationSessionPayload { token expiresAt conversation { id } }
    }
  }`,
} as const;
