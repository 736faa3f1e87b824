// telegram-test-api on a free port of this machine; prints its address and serves until killed.
// Run as `node telegram_test_api.cjs <folder with its node_modules>`.

const path = require("node:path");

const LIBRARY = path.join(process.argv[2], "node_modules", "telegram-test-api");
const { TelegramServer } = require(path.join(LIBRARY, "lib", "telegramServer.js"));
const POLL_MS = 20;

const server = new TelegramServer({ host: "127.0.0.1", storeTimeout: 3600 });
server.config.port = 0; // it takes 0 for "not given"

// It knows no long poll: without a pause the bot would ask as fast as it can.
const application = server.webServer;
server.webServer = Object.assign(
  (request, response) => {
    const polls = /^\/bot.*\/getUpdates/.test(request.url);
    setTimeout(() => application(request, response), polls ? POLL_MS : 0);
  },
  { settings: application.settings },
);

server.start().then(() => {
  process.stdout.write(`http://127.0.0.1:${server.server.address().port}\n`);
});
