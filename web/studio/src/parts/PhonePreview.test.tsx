import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { PhonePreview } from "./PhonePreview";

describe("the phone", () => {
  it("shows text with its line breaks and open places as chips", () => {
    render(
      <PhonePreview
        carrier="wecom_direct"
        body={{ text: "你好 {{ contact.name | default: '你' }}\n第二行" }}
      />,
    );
    const phone = screen.getByRole("figure", { name: "手机预览：企微单聊" });
    expect(within(phone).getByText("contact.name").title).toContain("default");
    expect(phone.textContent).toContain("第二行");
    expect(phone.textContent).not.toContain("{{");
  });

  it("shows an e-mail's subject and says when there is none", () => {
    const { rerender } = render(<PhonePreview carrier="email" body={{ subject: "第 7 天", text: "你好" }} />);
    expect(screen.getByRole("heading", { name: "第 7 天" })).toBeTruthy();
    rerender(<PhonePreview carrier="email" body={{ text: "你好" }} />);
    expect(screen.getByRole("heading", { name: "（没有主题）" })).toBeTruthy();
  });

  it("lists what goes with the text", () => {
    const attachments = [{ type: "link", title: "肤质自测", url: "https://example.com" }, { type: "image" }];
    render(<PhonePreview carrier="moments" body={{ text: "看看", attachments }} />);
    const items = screen.getAllByRole("listitem").map((item) => item.textContent);
    expect(items[0]).toContain("肤质自测");
    expect(items[1]).toContain("图片");
  });

  it("never runs what a text contains", () => {
    render(<PhonePreview carrier="sms" body={{ text: "<img src=x onerror=alert(1)>" }} />);
    expect(document.querySelector("img")).toBeNull();
    expect(screen.getByText("<img src=x onerror=alert(1)>")).toBeTruthy();
  });
});
