import { Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";

import { ApiProblem } from "@/api/problem";
import { useSession, useSignIn } from "@/api/session";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { Wordmark } from "@/parts/Wordmark";

import { RoadPicture } from "./RoadPicture";
import css from "./SignInPage.module.css";

interface Entered {
  email: string;
  password: string;
}

/** The door of the studio. After signing in one stands where one wanted to go. */
export default function SignInPage({ foot }: { foot?: React.ReactNode }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const session = useSession();
  useEffect(() => {
    document.title = t("shell.product");
  }, [t]);
  if (session.data) return <Navigate to={placeAfter(search.get("next"))} replace />;
  return (
    <div className={css.door}>
      <section className={css.picture} aria-hidden="true">
        <RoadPicture />
        <p className={css.motto}>{t("signin.motto")}</p>
      </section>
      <main className={css.form}>
        <div className={css.box}>
          <Wordmark name={t("shell.product")} />
          <h1 className={css.title}>{t("signin.title")}</h1>
          <SignInForm />
        </div>
        <div className={css.foot}>{foot}</div>
      </main>
    </div>
  );
}

function SignInForm() {
  const { t } = useTranslation();
  const signIn = useSignIn();
  const wait = useWait(signIn.error);
  return (
    <>
      <Refusal problem={signIn.error} wait={wait} />
      <Form<Entered> layout="vertical" requiredMark={false} onFinish={(entered) => signIn.mutate(entered)}>
        <Form.Item
          name="email"
          label={t("signin.email")}
          rules={[{ required: true, type: "email", message: t("signin.emailNeeded") }]}
        >
          <Input size="large" autoComplete="username" inputMode="email" autoFocus />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("signin.password")}
          rules={[{ required: true, message: t("signin.passwordNeeded") }]}
        >
          <Input.Password size="large" autoComplete="current-password" />
        </Form.Item>
        <Button
          type="primary"
          size="large"
          block
          htmlType="submit"
          loading={signIn.isPending}
          disabled={wait > 0}
        >
          {wait > 0 ? t("signin.waitButton", { seconds: wait }) : t("signin.enter")}
        </Button>
      </Form>
    </>
  );
}

function Refusal({ problem, wait }: { problem: unknown; wait: number }) {
  const { t } = useTranslation();
  if (!(problem instanceof ApiProblem)) return <ProblemAlert problem={problem} />;
  if (problem.status === 429 && wait === 0) return null;
  const said = problem.status === 401 ? t("signin.wrong") : problem.message;
  return <ProblemAlert problem={new ApiProblem(problem.status, { ...problem.body, detail: said })} />;
}

/** Seconds left before the server takes another try, counted down. */
function useWait(problem: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!(problem instanceof ApiProblem) || problem.status !== 429) return undefined;
    const until = Date.now() + (problem.retryAfter ?? 60) * 1000;
    const look = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    look();
    const timer = window.setInterval(look, 500);
    return () => window.clearInterval(timer);
  }, [problem]);
  return left;
}

/** Only a path of this studio is followed, never an address somewhere else. */
export function placeAfter(next: string | null): string {
  return next?.startsWith("/") && !/^\/[/\\]/.test(next) && !next.startsWith("/sign-in") ? next : "/journeys";
}
