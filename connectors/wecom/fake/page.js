// The page of the fake WeCom: shows its state every second, and goes through its doors.
const at = (seconds) => new Date(seconds * 1000).toLocaleString("zh-CN", { hour12: false });
const el = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text ?? "" }, more);
const place = (id) => document.getElementById(id);
const STATUS = ["待发送", "已发送", "不是好友", "已收到其他群发"];

async function door(name, body) {
  const answer = await fetch(`/fake/${name}`, { method: "POST", body: JSON.stringify(body) });
  const told = await answer.json();
  place("told").textContent = told.error ?? "";
  place("told").className = told.error ? "bad" : "";
  await look();
  return told;
}

function button(text, name, body, main) {
  const made = el("button", text, { className: main ? "main" : "" });
  made.onclick = () => door(name, body);
  return made;
}

function fill(id, rows, empty) {
  place(id).replaceChildren(...(rows.length ? rows : [el("p", empty, { className: "empty" })]));
}

function table(heads, rows) {
  const made = el("table");
  const head = made.createTHead().insertRow();
  heads.forEach((text) => head.append(el("th", text)));
  const body = made.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    for (const cell of cells) {
      const here = row.insertCell();
      here.append(...(Array.isArray(cell) ? cell : [cell]));
    }
  }
  return made;
}

function said(message) {
  const names = { welcome: "欢迎语", broadcast: "群发", moment: "朋友圈" };
  const made = el("div", message.text, { className: "said" });
  const more = message.attachments?.length ? `，附件 ${message.attachments.length} 个` : "";
  const late = message.after_seconds === undefined ? "" : `，添加后 ${message.after_seconds} 秒`;
  made.prepend(el("small", `${names[message.kind]} · ${message.from}${late}${more}\n`));
  return made;
}

function customer(one) {
  const acts = Object.entries(one.follows).flatMap(([userid, follow]) =>
    follow.deleted_by
      ? [el("span", follow.deleted_by === "customer" ? "已删除员工 " : "已被员工删除 ", { className: "bad" })]
      : [
          button("删除员工", "customer/delete_staff", { userid, external_userid: one.external_userid }),
          button("开口聊天", "customer/chat", { userid, external_userid: one.external_userid }),
        ],
  );
  const whose = Object.entries(one.follows).map(([userid, f]) => userid + (f.state ? ` · ${f.state}` : ""));
  return [[el("b", one.name), el("br"), el("span", whose.join("，"), { className: "soft" })], one.arrived.slice(-4).map(said), acts];
}

function task(one) {
  const counts = [0, 0, 0, 0];
  Object.values(one.staff).forEach((theirs) => Object.values(theirs).forEach((n) => (counts[n] += 1)));
  const shown = counts.map((n, place) => (n ? `${STATUS[place]} ${n}` : "")).filter(Boolean).join("，");
  const acts = Object.keys(one.staff).map((userid) =>
    one.confirmed.includes(userid)
      ? el("span", `${userid} 已确认 `, { className: "good" })
      : button(`${userid} 确认发送`, "task/confirm", { msgid: one.msgid, userid }, true),
  );
  return [[el("div", one.text), el("code", one.msgid)], shown, one.cancelled ? el("span", "已取消", { className: "bad" }) : acts];
}

function moment(one) {
  const acts = Object.entries(one.staff).map(([userid, done]) =>
    done ? el("span", `${userid} 已发表 `, { className: "good" }) : button(`${userid} 发表`, "moment/publish", { moment_id: one.moment_id, userid }, true),
  );
  return [one.text, acts];
}

async function look() {
  const state = await (await fetch("/fake/state")).json();
  place("now").textContent = at(state.now);
  if (place("staff").options.length !== state.staff.length)
    place("staff").replaceChildren(...state.staff.map((one) => el("option", one.name, { value: one.userid })));
  const people = state.customers.slice(-30).reverse().map(customer);
  fill("customers", people.length ? [table(["客户", "收到的消息", "客户可以"], people)] : [], "还没有客户。点「来一位新客户」，路书会在 20 秒内发来欢迎语。");
  const tasks = state.tasks.slice(-20).reverse().map(task);
  fill("tasks", tasks.length ? [table(["内容", "结果", "员工"], tasks)] : [], "路书创建群发后会出现在这里；员工确认之前，客户收不到。");
  const moments = state.moments.slice(-10).reverse().map(moment);
  fill("moments", moments.length ? [table(["内容", "员工"], moments)] : [], "还没有朋友圈任务。");
  const groups = state.groups.map((one) => [one.name, one.owner, `${one.members} 人`, one.arrived.slice(-3).map(said)]);
  fill("groups", groups.length ? [table(["群名", "群主", "人数", "收到的消息"], groups)] : [], "还没有客户群。");
  place("url").textContent = state.apps.map((one) => one.url || "尚未填写（在路书的连接页复制，再用 POST /fake/callback 填入）").join("，");
  place("asked").textContent = Object.entries(state.asked).map(([name, n]) => `${name} ${n}`).join("，") || "无";
  const calls = state.callbacks.slice(-12).reverse().map((one) => [
    one.fields.ChangeType ?? one.fields.Event,
    one.fields.UserID ?? one.fields.ChatId ?? "",
    el("span", one.answers.map((n) => n || "超时").join("，") || "……", { className: one.answers.at(-1) === 200 ? "good" : "bad" }),
    one.took.map((secs) => `${Math.round(secs * 1000)} ms`).join("，"),
  ]);
  fill("calls", calls.length ? [table(["事件", "谁", "路书的应答", "用时"], calls)] : [], "还没有回调。");
}

document.querySelectorAll("[data-door]").forEach((one) => (one.onclick = () => door(one.dataset.door, JSON.parse(one.dataset.body))));
place("add").onclick = () => door("customer/add", { userid: place("staff").value, state: place("state").value });
look();
setInterval(look, 1000);
