// Who is calling: two families of header names, three access types, and the order in which the service finds fault.

import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../emulator.ts';
import { refusal } from './errors.ts';
import type { ProjectRow, StackAuthStore, UserRow } from './store.ts';
import { readAccessToken } from './tokens.ts';

/** Which family of header names is spoken: the old brand's, the new one's, or both with the new one winning. */
export type OriginNames = 'both' | 'stack-auth' | 'hexclave';

const ACCESS_TYPES = ['client', 'server', 'admin'] as const;
type AccessType = (typeof ACCESS_TYPES)[number];

export interface Auth {
  readonly type: AccessType;
  readonly project: ProjectRow;
  /** Absent without an access token, and where its user was deleted since. */
  readonly user: UserRow | undefined;
}

/** Reads one of the service's own headers by the name without its family. */
export type ServiceHeader = (name: string) => string | undefined;

export function serviceHeaders(headers: IncomingHttpHeaders, names: OriginNames): ServiceHeader {
  const read = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  // The first family is looked at first, which is how the new name wins.
  return (name) =>
    (names === 'stack-auth' ? undefined : read(`x-hexclave-${name}`)) ??
    (names === 'hexclave' ? undefined : read(`x-stack-${name}`));
}

export interface AuthDesk {
  readonly store: StackAuthStore;
  readonly clock: Clock;
  /** A project may be set to let clients in without their publishable key. */
  readonly publishableClientKey: 'required' | 'optional';
}

/** Null where no access type was named at all. */
export function authenticate(desk: AuthDesk, header: ServiceHeader): Auth | null {
  const keys = {
    client: header('publishable-client-key'),
    server: header('secret-server-key'),
    admin: header('super-secret-admin-key'),
  };
  const said = header('access-type');
  if (!said) {
    if (keys.client || keys.server || keys.admin || header('admin-access-token')) {
      throw refusal.projectKeyWithoutAccessType();
    }
    return null;
  }
  const type = ACCESS_TYPES.find((known) => known === said);
  if (!type) throw refusal.invalidAccessType(said);
  const projectId = header('project-id');
  if (!projectId) throw refusal.accessTypeWithoutProjectId(type);

  // The token is read before anyone asks whether the project exists or the key is right.
  const userId = bearerOf(desk, header, projectId);
  const project = desk.store.projects.get(projectId);
  if (!project) throw refusal.currentProjectNotFound(projectId);
  checkKey(desk, { type, key: keys[type], project });
  const branchId = header('branch-id') ?? 'main';
  if (branchId !== 'main') throw refusal.branchDoesNotExist(branchId);
  return { type, project, user: userId === undefined ? undefined : desk.store.users.get(userId) };
}

function bearerOf(desk: AuthDesk, header: ServiceHeader, projectId: string): string | undefined {
  const token = header('access-token');
  if (!token) return undefined;
  const bearer = readAccessToken(token, desk.clock);
  if (bearer.projectId !== projectId) {
    throw refusal.invalidProjectForAccessToken(projectId, bearer.projectId);
  }
  const anonymousAllowed = header('allow-anonymous-user') === 'true';
  if (bearer.isAnonymous && !anonymousAllowed) throw refusal.anonymousNotAllowed();
  const restrictedAllowed = anonymousAllowed || header('allow-restricted-user') === 'true';
  if (bearer.isRestricted && !restrictedAllowed) throw refusal.restrictedUserNotAllowed();
  return bearer.userId;
}

function checkKey(
  desk: AuthDesk,
  {
    type,
    key,
    project,
  }: { readonly type: AccessType; readonly key: string | undefined; readonly project: ProjectRow },
): void {
  switch (type) {
    case 'client':
      // Optional means that it may be missing, not that it may be wrong.
      if (!key && desk.publishableClientKey === 'optional') return;
      if (!key) throw refusal.publishableClientKeyRequired(project.id);
      if (key !== project.publishableClientKey) {
        throw refusal.invalidKey('PUBLISHABLE_CLIENT', project.id);
      }
      return;
    case 'server':
      if (!key) throw refusal.serverAuthenticationRequired();
      if (key !== project.secretServerKey) throw refusal.invalidKey('SECRET_SERVER', project.id);
      return;
    case 'admin':
      if (!key) throw refusal.adminAuthenticationRequired();
      if (key !== project.superSecretAdminKey) {
        throw refusal.invalidKey('SUPER_SECRET_ADMIN', project.id);
      }
      return;
  }
}
