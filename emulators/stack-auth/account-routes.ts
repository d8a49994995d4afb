// The two ways to a fresh access token, and the end of a user.

import type { Auth } from './auth.ts';
import { refusal } from './errors.ts';
import { accept } from './exchange.ts';
import { optionalText, type Route, textAt } from './routes.ts';
import { object, text } from './shapes.ts';
import { accessTokenFor, type TokenDesk } from './tokens.ts';

export interface AccountRoutesOptions {
  readonly tokens: TokenDesk;
  readonly publishableClientKey: 'required' | 'optional';
}

export function accountRoutes({ tokens, publishableClientKey }: AccountRoutesOptions): Route[] {
  const { store } = tokens;

  return [
    {
      // The vendor's client asks here.
      method: 'POST',
      path: '/auth/oauth/token',
      answer(exchange) {
        const { body } = accept(exchange, { body: GRANT });
        const clientId = optionalText(body, 'client_id');
        const clientSecret = optionalText(body, 'client_secret');
        // A client id may name a branch behind a hash; there is only the one.
        const project = store.projects.get(clientId?.replace(/#main$/, '') ?? '');
        if (!project) throw refusal.invalidOAuthClient();
        if (clientSecret === undefined && publishableClientKey === 'required') {
          throw refusal.publishableClientKeyRequired(project.id);
        }
        if (clientSecret !== undefined && clientSecret !== project.publishableClientKey) {
          throw refusal.invalidOAuthClient();
        }
        if (body['grant_type'] !== 'refresh_token') throw refusal.invalidAuthorizationCode();
        const refreshToken = body['refresh_token'];
        if (typeof refreshToken !== 'string') {
          return {
            status: 400,
            body: {
              error: 'invalid_request',
              error_description: 'Missing parameter: `refresh_token`',
            },
          };
        }
        return {
          status: 200,
          body: {
            access_token: accessTokenFor(tokens, { refreshToken, projectId: project.id }),
            token_type: 'Bearer',
            // What the OAuth library believes; the token's own `exp` is the truth, and is sooner.
            expires_in: 3599,
            refresh_token: refreshToken,
            scope: 'legacy',
          },
        };
      },
    },
    {
      method: 'POST',
      path: '/auth/sessions/current/refresh',
      answer(exchange) {
        // An expired access token sent along fails before this is reached: leave it out when refreshing.
        accept(exchange, { auth: anyAccess, headers: ['refresh-token'] });
        return {
          status: 200,
          body: {
            access_token: accessTokenFor(tokens, {
              refreshToken: exchange.header('refresh-token') ?? '',
              projectId: exchange.auth?.project.id ?? '',
            }),
          },
        };
      },
    },
    {
      method: 'DELETE',
      path: '/users/:userId',
      answer(exchange) {
        const { params } = accept(exchange, {
          auth: server,
          params: object({ userId: text({ form: 'uuid' }) }),
        });
        const user = store.users.get(textAt(params, 'userId').toLowerCase());
        if (!user || user.projectId !== exchange.auth?.project.id) throw refusal.userNotFound();
        // Their conversations stay, and what they were called when they wrote.
        store.users.delete(user.id);
        return { status: 200, body: { success: true } };
      },
    },
  ];
}

const GRANT = object(
  {
    grant_type: text({ oneOf: ['authorization_code', 'refresh_token'] }),
    client_id: text({ optional: true }),
    client_secret: text({ optional: true }),
  },
  { open: true },
);

function anyAccess(auth: Auth | null): readonly string[] {
  if (!auth) throw refusal.accessTypeRequired();
  return [];
}

function server(auth: Auth | null): readonly string[] {
  if (!auth) throw refusal.accessTypeRequired();
  if (auth.type === 'client') {
    throw refusal.insufficientAccessType(auth.type, ['server', 'admin']);
  }
  return [];
}
