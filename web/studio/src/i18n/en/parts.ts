export const parts = {
  byKey: "Key “{{name}}”",
  byProgram: "a program",
  retry: "Try again",
  unreachable: "The server cannot be reached. Check the network and try again; what you typed is still here.",
  unexpected: "Something unexpected happened. Reload the page, and tell your administrator if it stays so.",
  forbidden: "Your role may not do this: {{said}} Ask the owner of the workspace.",
  serverFailed:
    "The server failed and changed nothing. Try again later; if it stays so, give your administrator the number {{id}}.",
  more: "Load more",
  copy: "Copy",
  copied: "Copied",
  actions: "Actions",
  cancel: "Cancel",
  brand: "Adviser",
  phone: "On the phone: {{carrier}}",
  readMore: "Read more",
  letter: "The letter",
  noSubject: "(no subject)",
};

export const carriers = {
  wecom_direct: "WeCom 1:1",
  wecom_group: "WeCom group",
  moments: "Moments",
  official_account: "Official account",
  mini_program: "Mini-program subscription",
  sms: "SMS",
  email: "E-mail",
  webhook: "Webhook",
  sandbox: "Sandbox",
};

export const attachments = {
  link: "Link",
  image: "Picture",
  miniprogram: "Mini program",
  video: "Video",
  file: "File",
};

export const roles = {
  owner: "Owner",
  editor: "Editor",
  analyst: "Analyst",
  viewer: "Viewer",
  sender: "Sender",
  staff: "Staff",
};

export const roleWords = {
  owner: "may do everything, members and keys included",
  editor: "may draw journeys, change content, publish",
  analyst: "may see numbers and contacts",
  viewer: "may look only",
  sender: "may only send events; for Segment clients",
  staff: "works through own tasks, sees nothing else",
};

export const journeyStatus = { draft: "Draft", live: "Live", paused: "Paused", archived: "Archived" };

export const enrollmentStatus = {
  new: "Just entered",
  waiting: "Waiting",
  resting: "Resting in its stage",
  stopped: "Stopped by a failure",
  holdout: "Control group",
  ended: "Ended",
};

export const messageStatus = {
  pending: "To be sent",
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  failed: "Failed",
  withdrawn: "Withdrawn",
  expired: "Expired",
  refused: "Held back",
  unknown: "Outcome unknown",
};

export const importState = {
  arriving: "Uploading",
  waiting: "Waiting",
  running: "Running",
  paused: "Paused",
  cancelled: "Cancelled",
  done: "Done",
  failed: "Not finished",
};

export const identities = {
  phone: "Phone",
  email: "E-mail",
  unionid: "UnionID",
  openid: "OpenID",
  external_userid: "WeCom customer ID",
};
