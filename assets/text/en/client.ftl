# The connection to the agent, and notes at the foot of the window.

client-wrong-answer = The agent gave an answer to another question
client-not-connected = Nothing was done: the agent is not connected
client-older = The agent that runs ({ $agent }) is older than this window. Restart the agent, or log out and in
client-newer = The agent that runs ({ $agent }) is newer than this window. Restart the window, or upgrade Tamis
client-silent = Tamis cannot reach its agent: it does not answer
client-ended = The connection to the agent has ended: { $why }
client-agent-stopped = the agent has stopped
client-unreachable = Tamis cannot reach its agent at { $socket }: { $why }
client-start-ended = Tamis cannot start its agent: it ended at once ({ $status }). Its log says why
client-start-slow = The agent was started but does not answer yet
client-start-failed = Tamis cannot start its agent: { $why }
client-not-installed = { $program } is not installed
client-route-lost = The agent went away before it answered
client-route-offline = The route of mail cannot be looked up: the agent is not connected
client-job-lost = The agent went away before it answered. Look whether it was done before trying again
client-too-long = the request is too long
client-frame-too-long = it sent too much at once
client-unreadable = it sent what cannot be read: { $why }
client-not-yours = a program of somebody else answers there

client-busy = The agent is busy and this was not done. Try again in a moment
client-link-copied = Copied
