import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorBody } from '../error-answers.js';

/** Answers a request to become a WebSocket with an error of the graph instead. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  status: number,
  code: string,
  message: string,
): void {
  const body = JSON.stringify(errorBody(code, message));
  const response = new ServerResponse(request);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(body);
  sendOn(socket, response);
}

/** Sends an answer that is complete over a connection that the server has let go of, and ends that. */
export function sendOn(socket: Duplex, response: ServerResponse): void {
  response.once('finish', () => socket.end());
  if (socket instanceof Socket) response.assignSocket(socket);
  else socket.destroy();
}
