// Stack Auth (now Hexclave): an inbox of support conversations, worked by dashboard users through the project "internal".

import {
  type Dialect,
  type EmulatorAnswer,
  type EmulatorPlace,
  type EmulatorRequest,
  type RunningEmulator,
  startEmulator,
} from '../emulator.ts';
import type { Tale } from '../story.ts';
import { accountRoutes } from './account-routes.ts';
import { agentRoutes } from './agent-routes.ts';
import { authenticate, type OriginNames, serviceHeaders } from './auth.ts';
import { customerRoutes, feedbackRoute } from './customer-routes.ts';
import { Refusal, refusal } from './errors.ts';
import { bodyOf, faultOf, queryOf, wireOf } from './exchange.ts';
import { found } from './founding.ts';
import { mintFrom, secretFrom } from './ids.ts';
import { appendReply, type Desk, isoAt, type Sla } from './lifecycle.ts';
import { limiter, type RateLimit } from './limiter.ts';
import { matchPath, type Route } from './routes.ts';
import { seedTales } from './seed.ts';
import {
  addUser,
  emptyStore,
  type NewUser,
  type StackAuthStore,
  senderOf,
  type UserRow,
} from './store.ts';
import { accessTokenFor, signIn, type TokenDesk } from './tokens.ts';
import { viewsOf } from './views.ts';

export interface StackAuthOptions extends EmulatorPlace {
  readonly tales?: readonly Tale[];
  /** The managed project, whose inbox it is. */
  readonly projectId?: string;
  /** Ten minutes, as deployed by default. */
  readonly accessTokenSeconds?: number;
  readonly refreshTokenSeconds?: number;
  /** Production may be either side of the merge: before it lists had no limit, offset or hasMore, and % and _ were wildcards. */
  readonly era?: 'current' | 'feature-branch';
  /** Off in the newest code, which hard-codes it so; it was a project's setting before and may be one again. */
  readonly sla?: Sla;
  /** One of the two brands' names may not be spoken (yet, or any more). */
  readonly originNames?: OriginNames;
  /** A newer service may send fields nobody has heard of. */
  readonly unknownFields?: boolean;
  /** Undocumented since: the routes may be closed to the public any day. */
  readonly internalRoutes?: 'open' | 'closed';
  /** The customers' routes moved with the merge; which of the two paths production serves is not known. */
  readonly customerPaths?: 'both' | 'of-the-era';
  /** Whether "internal" lets clients in without its key was not tried. */
  readonly publishableClientKey?: 'required' | 'optional';
  /** The column exists and no code fills it; an import might have. */
  readonly attachments?: 'never' | 'some';
  /** Its code has none for these routes but on developers' machines: 100 requests in ten seconds. */
  readonly rateLimit?: RateLimit | 'none';
}

export interface StackAuthEmulator extends RunningEmulator {
  readonly credentials: {
    readonly url: string;
    readonly projectId: string;
    readonly publishableClientKey: string;
    readonly accessToken: string;
    readonly refreshToken: string;
  };
  readonly store: StackAuthStore;
  /** A user of the managed project, or of another one. */
  addUser(name: string, user: Partial<NewUser>): UserRow;
  /** Tokens as that user's browser would hold them. */
  signIn(userId: string): { readonly accessToken: string; readonly refreshToken: string };
}

export async function startStackAuthEmulator(
  options: StackAuthOptions = {},
): Promise<StackAuthEmulator> {
  const {
    tales = [],
    projectId = '3f1c6a52-90b4-4d7e-8c15-b27de0a94f68',
    clock = Date.now,
    accessTokenSeconds = 600,
    refreshTokenSeconds = 365 * 24 * 3600,
    originNames = 'both',
    publishableClientKey = 'required',
    sla = { enabled: false, firstResponseMinutes: null, nextResponseMinutes: null },
  } = options;

  const store = emptyStore();
  const { internal, caller, staff } = found(store, { projectId, now: clock() });
  seedTales(store, {
    tales,
    projectId,
    staff,
    sla,
    now: clock(),
    attachments: options.attachments ?? 'never',
  });

  const tokens: TokenDesk = {
    store,
    clock,
    mint: mintFrom('session'),
    issuer:
      originNames === 'stack-auth' ? 'https://api.stack-auth.com' : 'https://api.hexclave.com',
    accessTokenSeconds,
    refreshTokenSeconds,
  };
  const desk: Desk = { store, clock, mint: mintFrom('row'), sla };
  const routes = routesOf(options, desk, { tokens, publishableClientKey });
  const requestIds = mintFrom('request');
  const beyondLimit = limiter(options.rateLimit ?? 'none', clock);
  const wire = wireOf({ originNames, nextRequestId: () => secretFrom(requestIds(), 16) });

  function answered(request: EmulatorRequest): EmulatorAnswer {
    // Browsers ask before they ask.
    if (request.method === 'OPTIONS') return { status: 200, body: '' };
    const match = matchPath(routes, request.path);
    if (!match) {
      throw refusal.status(404, `This page does not exist in the API.\n\nURL: ${request.path}`);
    }
    const route = match.routes.find(({ method }) => method === request.method);
    if (!route) throw refusal.methodNotAllowed();
    const header = serviceHeaders(request.headers, originNames);
    return route.answer({
      method: request.method,
      path: request.path,
      header,
      query: queryOf(request),
      params: match.params,
      body: bodyOf(request),
      auth: authenticate({ store, clock, publishableClientKey }, header),
    });
  }

  function tooMany(waitSeconds: number, { headers }: EmulatorRequest): EmulatorAnswer {
    const refused = wire.refuse(faultOf(429, clock));
    const wait = { 'retry-after': String(waitSeconds) };
    return wire.dress({ ...refused, headers: { ...refused.headers, ...wait } }, headers);
  }

  const dialect: Dialect = {
    answer(request) {
      try {
        const waitSeconds = beyondLimit();
        if (waitSeconds !== undefined) return tooMany(waitSeconds, request);
        return wire.dress(answered(request), request.headers);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return wire.dress(wire.refuse(error), request.headers);
      }
    },
    wordFault: (status) => wire.dress(wire.refuse(faultOf(status, clock)), {}),
    say(conversationId, text) {
      const conversation = store.conversations.get(conversationId.toLowerCase());
      if (!conversation) return false;
      const { userId } = conversation;
      const user = userId === null ? undefined : store.users.get(userId);
      const sender = user
        ? senderOf(user, 'user')
        : ({ type: 'user', id: userId, displayName: null, primaryEmail: null } as const);
      appendReply(desk, conversation, { body: text, sender });
      return true;
    },
  };

  function tokensOf(user: UserRow) {
    const { refreshToken } = signIn(tokens, user);
    const accessToken = accessTokenFor(tokens, { refreshToken, projectId: user.projectId });
    return { accessToken, refreshToken };
  }

  const running = await startEmulator(dialect, { port: options.port ?? 0, clock });

  return {
    ...running,
    credentials: {
      url: running.url,
      projectId,
      publishableClientKey: internal.publishableClientKey,
      ...tokensOf(caller),
    },
    store,
    addUser: (name, user) =>
      addUser(store, name, { projectId, signedUpAt: isoAt(clock()), ...user }),
    signIn(userId) {
      const user = store.users.get(userId);
      if (!user) throw new RangeError(`There is no user ${userId}; add one first.`);
      return tokensOf(user);
    },
  };
}

function routesOf(
  {
    era = 'current',
    unknownFields = false,
    internalRoutes = 'open',
    customerPaths = 'both',
  }: StackAuthOptions,
  desk: Desk,
  account: Parameters<typeof accountRoutes>[0],
): Route[] {
  const paged = era === 'current';
  const wildcards = era === 'feature-branch';
  const views = viewsOf(desk.store, { unknownFields });
  const root = {
    current: '/internal/dogfood/support/conversations',
    'feature-branch': '/conversations',
  };
  const roots = customerPaths === 'both' ? Object.values(root) : [root[era]];
  const routes = [
    ...agentRoutes({ desk, views, paged, wildcards }),
    ...roots.flatMap((one) => customerRoutes({ desk, views, root: one, paged, wildcards })),
    feedbackRoute(desk),
  ];
  return [
    ...accountRoutes(account),
    ...(internalRoutes === 'open'
      ? routes
      : routes.filter(({ path }) => !path.startsWith('/internal/'))),
  ];
}
