// The control API: everything the page knows and does goes through here.

async function call(path, content) {
  const options = content === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export const readState = () => call("/demo/state");

export const readMessages = async (person) =>
  (await call(`/demo/people/${person}/messages`)).messages;

export const readCommands = async (person) =>
  (await call(`/demo/people/${person}/commands`)).commands;

export const say = (person, text) => call(`/demo/people/${person}/messages`, { text });

export const press = (person, messageId, row, column) =>
  call(`/demo/people/${person}/presses`, { message_id: messageId, row, column });

export const moveClock = (days) => call("/demo/clock", { days });

export const moveToPayoutDay = () => call("/demo/clock", { to: "next_payout_day" });

/** Calls `changed` for every event; `lost` while the connection is down. */
export function follow(changed, lost) {
  const stream = new EventSource("/demo/events");
  stream.onmessage = (event) => changed(JSON.parse(event.data));
  stream.onerror = lost;
}
