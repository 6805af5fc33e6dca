import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

import { placeAfter } from "./SignInPage";

const nobody = () => ({ status: 401, body: { detail: "请登录。" } });

async function signIn(person: ReturnType<typeof renderAt>["person"]) {
  await person.type(await screen.findByLabelText("邮箱"), "owner@example.com");
  await person.type(screen.getByLabelText("密码"), "right horse");
  await person.click(screen.getByRole("button", { name: "登录" }));
}

describe("the sign-in", () => {
  it("lets in and leads to where one wanted to go", async () => {
    let inside = false;
    const api = fakeApi({
      "GET session": () => (inside ? session : nobody()),
      "POST session": () => {
        inside = true;
        return session;
      },
      "GET messages": page([]),
      "GET journeys": page([]),
    });
    const { person, router } = renderAt("/messages?status=sent");
    await signIn(person);
    expect(await screen.findByRole("heading", { name: "消息" })).toBeTruthy();
    expect(router.state.location.pathname + router.state.location.search).toBe("/messages?status=sent");
    expect(api.of("POST session")[0]?.body).toEqual({ email: "owner@example.com", password: "right horse" });
  });

  it("says what to do when the password is wrong, and keeps what was typed", async () => {
    fakeApi({ "GET session": nobody, "POST session": nobody });
    const { person } = renderAt("/sign-in");
    await signIn(person);
    expect((await screen.findByRole("alert")).textContent).toContain("邮箱或密码不对");
    expect(screen.getByLabelText<HTMLInputElement>("邮箱").value).toBe("owner@example.com");
  });

  it("shows the wait after too many tries and holds the button until it is over", async () => {
    fakeApi({
      "GET session": nobody,
      "POST session": () => ({
        status: 429,
        body: { detail: "登录失败太多次了。" },
        headers: { "retry-after": "90" },
      }),
    });
    const { person } = renderAt("/sign-in");
    await signIn(person);
    expect((await screen.findByRole("alert")).textContent).toContain("登录失败太多次了。");
    const button = screen.getByRole<HTMLButtonElement>("button", { name: /请等 \d+ 秒再试/ });
    expect(button.disabled).toBe(true);
  });

  it("asks for a whole address before it bothers the server", async () => {
    const api = fakeApi({ "GET session": nobody });
    const { person } = renderAt("/sign-in");
    await person.type(await screen.findByLabelText("邮箱"), "owner");
    await person.click(screen.getByRole("button", { name: "登录" }));
    expect(await screen.findByText(/请填写完整的邮箱地址/)).toBeTruthy();
    expect(api.of("POST session")).toEqual([]);
  });

  it.each([
    ["/contacts/3?q=a", "/contacts/3?q=a"],
    [null, "/journeys"],
    ["//evil.example", "/journeys"],
    ["/\\evil.example", "/journeys"],
    ["https://evil.example", "/journeys"],
    ["/sign-in", "/journeys"],
  ])("after %s leads to %s", (next, place) => expect(placeAfter(next)).toBe(place));
});
