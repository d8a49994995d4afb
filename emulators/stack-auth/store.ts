// What the service keeps: rows under its own column names, times as the ISO texts it sends.

import { secretFrom, uuidFrom } from './ids.ts';

export const STATUSES = ['open', 'pending', 'closed'] as const;
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export const SOURCES = ['manual', 'chat', 'email', 'api'] as const;
const MESSAGE_TYPES = ['message', 'internal-note', 'status-change'] as const;
const SENDER_TYPES = ['user', 'agent', 'system'] as const;

export type Status = (typeof STATUSES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Source = (typeof SOURCES)[number];
type MessageType = (typeof MESSAGE_TYPES)[number];

export interface ProjectRow {
  readonly id: string;
  readonly displayName: string;
  readonly publishableClientKey: string;
  readonly secretServerKey: string;
  readonly superSecretAdminKey: string;
  /** A team of the project "internal"; its members are the ones who may read this project's inbox. */
  readonly ownerTeamId: string | null;
}

export interface UserRow {
  readonly id: string;
  readonly projectId: string;
  displayName: string | null;
  primaryEmail: string | null;
  profileImageUrl: string | null;
  readonly teamIds: readonly string[];
  readonly signedUpAt: string;
  isAnonymous: boolean;
  isRestricted: boolean;
}

/** A signed-in browser: what a refresh token stands for. */
export interface SessionRow {
  readonly id: string;
  readonly refreshToken: string;
  readonly projectId: string;
  readonly userId: string;
  expiresAt: string;
}

export interface ConversationRow {
  readonly id: string;
  readonly projectId: string;
  userId: string | null;
  teamId: string | null;
  subject: string;
  status: Status;
  priority: Priority;
  readonly source: Source;
  assignedToUserId: string | null;
  assignedToDisplayName: string | null;
  tags: readonly string[];
  firstResponseDueAt: string | null;
  firstResponseAt: string | null;
  nextResponseDueAt: string | null;
  lastCustomerReplyAt: string | null;
  lastAgentReplyAt: string | null;
  /** Sent as `recordMetadata`; no route of the service writes it. */
  metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: string;
  updatedAt: string;
  lastMessageAt: string;
  lastInboundAt: string | null;
  lastOutboundAt: string | null;
  closedAt: string | null;
}

export interface Sender {
  readonly type: (typeof SENDER_TYPES)[number];
  readonly id: string | null;
  readonly displayName: string | null;
  readonly primaryEmail: string | null;
}

export interface MessageRow {
  readonly id: string;
  readonly conversationId: string;
  /** The entry point it came through; stored, never sent. */
  readonly channelId: string | null;
  readonly messageType: MessageType;
  readonly sender: Sender;
  readonly body: string | null;
  attachments: readonly unknown[];
  metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: string;
}

export interface EntryPointRow {
  readonly id: string;
  readonly conversationId: string;
  readonly channelType: Source;
  readonly adapterKey: string;
  readonly externalChannelId: string | null;
  readonly isEntryPoint: boolean;
  metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface StackAuthStore {
  readonly projects: Map<string, ProjectRow>;
  /** Every project's users by id. Deleting one keeps what they wrote. */
  readonly users: Map<string, UserRow>;
  /** By refresh token. Deleting one signs that browser out. */
  readonly sessions: Map<string, SessionRow>;
  readonly conversations: Map<string, ConversationRow>;
  /** By conversation, in the order they were written. */
  readonly messages: Map<string, MessageRow[]>;
  /** By conversation, in the order they were written. */
  readonly entryPoints: Map<string, EntryPointRow[]>;
}

export function emptyStore(): StackAuthStore {
  return {
    projects: new Map(),
    users: new Map(),
    sessions: new Map(),
    conversations: new Map(),
    messages: new Map(),
    entryPoints: new Map(),
  };
}

export function projectRow({
  id,
  displayName,
  ownerTeamId,
}: Pick<ProjectRow, 'id' | 'displayName' | 'ownerTeamId'>): ProjectRow {
  return {
    id,
    displayName,
    publishableClientKey: `pck_${secretFrom(`publishable/${id}`)}`,
    secretServerKey: `ssk_${secretFrom(`server/${id}`)}`,
    superSecretAdminKey: `sak_${secretFrom(`admin/${id}`)}`,
    ownerTeamId,
  };
}

export interface NewUser {
  readonly projectId: string;
  readonly displayName?: string | null;
  readonly primaryEmail?: string | null;
  readonly profileImageUrl?: string | null;
  readonly teamIds?: readonly string[];
  readonly signedUpAt: string;
}

export function addUser(store: StackAuthStore, name: string, user: NewUser): UserRow {
  const row: UserRow = {
    id: uuidFrom(`user/${user.projectId}/${name}`),
    projectId: user.projectId,
    displayName: user.displayName ?? null,
    primaryEmail: user.primaryEmail ?? null,
    profileImageUrl: user.profileImageUrl ?? null,
    teamIds: user.teamIds ?? [],
    signedUpAt: user.signedUpAt,
    isAnonymous: false,
    isRestricted: false,
  };
  store.users.set(row.id, row);
  return row;
}

/** What a message keeps of its sender, as they were when they wrote. */
export function senderOf(user: UserRow, type: 'user' | 'agent'): Sender {
  return { type, id: user.id, displayName: user.displayName, primaryEmail: user.primaryEmail };
}

/** The projects whose owning team this dashboard user is in. */
export function managedProjectIds(store: StackAuthStore, user: UserRow): string[] {
  return [...store.projects.values()]
    .filter(({ ownerTeamId }) => ownerTeamId !== null && user.teamIds.includes(ownerTeamId))
    .map(({ id }) => id);
}
