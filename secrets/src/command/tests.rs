use crate::in_command;

#[test]
fn passwords_in_commands_are_found_in_all_their_forms() {
    let secret = "k9XmQ2vLp7Rt";
    let forms = [
        "RUN |1 FOO_TOKEN=SECRETab12 /bin/sh -c make # buildkit",
        "ARG NPM_TOKEN=SECRETab12",
        "/bin/sh -c #(nop)  ENV DB_PASSWORD=SECRET",
        "ENV DB_PASSWORD SECRET",
        "RUN /bin/sh -c curl -udeploy:SECRET https://files.shop.example/x # buildkit",
        "RUN curl --user deploy:SECRET https://files.shop.example/x",
        "RUN curl --proxy-user=deploy:SECRET https://files.shop.example/x",
        "RUN curl -H 'X-Api-Key: SECRETab12cd34' https://api.shop.example",
        "RUN curl -H X-Api-Key:SECRETab12cd34 https://api.shop.example",
        "RUN curl -H \"Authorization: Bearer SECRETab12cd34\" https://api.shop.example",
        "RUN wget --header='PRIVATE-TOKEN: SECRETab12cd34' https://x",
        "RUN git clone https://bot:SECRET@git.shop.example/app",
        "RUN npm config set //npm.shop.example/:_authToken SECRETab12cd34",
        "RUN echo \"machine git.shop.example login bot password SECRET\" > ~/.netrc",
        "RUN printf 'machine %s login bot password SECRET\\n' git > /root/.netrc",
        "RUN mysql -u root -pSECRET -e 'select 1'",
        "RUN mysqladmin ping --password=SECRET",
        "RUN docker login -u bot -p SECRET r.shop.example",
        "RUN echo SECRET | docker login -u bot --password-stdin r.shop.example",
        "RUN sshpass -p SECRET scp bot@h:/x .",
        "RUN sshpass -pSECRET scp bot@h:/x .",
        "RUN echo 'app:SECRET' | chpasswd",
        "RUN chpasswd <<< 'app:SECRET'",
        "RUN echo SECRET | passwd --stdin app",
        "RUN aws configure set aws_secret_access_key SECRETab12cd34SECRETab12cd34SECRET",
        "RUN keytool -genkeypair -storepass SECRET -alias a",
        "RUN curl 'https://api.shop.example/x?access_token=SECRETab12cd34'",
        "RUN composer config http-basic.repo.shop.example bot SECRET",
        "RUN composer config --global github-oauth.github.com SECRETab12cd34",
        "RUN poetry config http-basic.shop bot SECRET",
        "RUN bundle config set --global gems.shop.example bot:SECRET",
        "RUN cat > /root/.pgpass <<EOF\ndb:5432:shop:shop:SECRET\nEOF",
        "RUN <<EOF\nexport DB_PASSWORD=SECRET\nmake\nEOF",
        "RUN gradle -PmavenPassword=SECRET build",
        "RUN mvn deploy -Drepo.password=SECRET",
        "RUN redis-cli -a SECRET ping",
        "RUN redis-server --requirepass SECRET",
        "RUN openssl pkcs12 -export -passout pass:SECRET -out x",
        "RUN unzip -P SECRET x.zip",
        "RUN 7z x -pSECRET x.7z",
        "RUN psql -c \"ALTER USER shop WITH PASSWORD 'SECRET'\"",
        "RUN mysql -e \"CREATE USER a IDENTIFIED BY 'SECRET'\"",
        "RUN PGPASSWORD=SECRET psql -h db",
        "RUN htpasswd -bc /etc/nginx/.htpasswd admin SECRET",
        "RUN ldapsearch -D cn=admin -w SECRET",
        "RUN skopeo copy --src-creds bot:SECRET docker://x docker://y",
        "RUN az login --service-principal -u x -p SECRET --tenant y",
        "RUN useradd -p SECRET app",
        "RUN rabbitmqctl add_user shop SECRET",
        "RUN mc alias set shop https://s3.shop.example AKEY SECRETab12",
        "RUN docker build --build-arg=DB_PASSWORD=SECRET .",
        "RUN docker build --build-arg DB_PASSWORD=SECRET .",
        "RUN helm install x --set db.password=SECRET",
        "RUN dotnet nuget add source https://x --username bot --password SECRET",
        "RUN gpg --batch --passphrase SECRET --import key",
        "CMD [\"serve\" \"--db-password\" \"SECRET\"]",
        "ENTRYPOINT [\"java\", \"-Ddb.password=SECRET\"]",
        "HEALTHCHECK &{[\"CMD-SHELL\" \"mysqladmin ping -pSECRET\"] \"30s\" \"3s\" \"0s\" '\\x00'}",
        "cmd /S /C net user app SECRET /add",
        "RUN echo 'export API_TOKEN=SECRETab12cd34' >> /etc/profile",
        "RUN echo 'mysql-server mysql-server/root_password password SECRET' | debconf-set-selections",
        "RUN wp config create --dbname=shop --dbpass=SECRET",
    ];
    for form in forms {
        let text = form.replace("SECRET", secret);
        let hit = in_command(&text).unwrap_or_else(|| panic!("{form}"));
        assert!(!hit.why.contains(secret), "{form}: {}", hit.why);
    }
}

#[test]
fn ordinary_steps_hold_none() {
    let steps = [
        "RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10",
        "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
        "ENV PYTHON_SHA256=24887b92e2afd4a2ac602419ad4b596372f67ac9b077190f459aba390faf5550",
        "ARG DB_PASSWORD",
        "RUN |1 NPM_TOKEN= /bin/sh -c npm ci",
        "RUN /bin/sh -c DB_PASSWORD=$DB_PASSWORD ./migrate",
        "RUN /bin/sh -c DB_PASSWORD=\"$(cat /run/secrets/db)\" ./migrate",
        "RUN --mount=type=secret,id=token /bin/sh -c ./fetch --token-file /run/secrets/token",
        "RUN --mount=type=secret,id=npm_token,target=/root/.npmrc npm ci",
        "ADD file:4d192565a7220e135cab6c77fbc1c73211b69f3d9fb37e62857b2c6eb9363d51 in / ",
        "COPY dir:9f8a7c6b5d4e3f2a1b0c9f8a7c6b5d4e3f2a1b0c in /app",
        "CMD [\"node\" \"server.js\"]",
        "RUN adduser --disabled-password --gecos \"\" --uid 10001 app",
        "RUN adduser -D -H -s /sbin/nologin app",
        "RUN useradd -r -p '!' app",
        "RUN useradd -p '*' app",
        "RUN usermod -p '!!' root && passwd -l root",
        "RUN psql --no-password --host=db -c 'select 1'",
        "RUN passwd -d root && passwd -l app",
        "ENV JAVA_OPTS=-Djavax.net.ssl.trustStorePassword=changeit",
        "RUN keytool -importcert -noprompt -storepass changeit -alias a",
        "RUN curl -u \"$DEPLOY_USER:$DEPLOY_PASSWORD\" https://files.shop.example",
        "RUN docker login --username bot --password-stdin r.shop.example < /run/secrets/pw",
        "RUN cat /run/secrets/pw | docker login --username bot --password-stdin r.shop.example",
        "ENV POSTGRES_PASSWORD_FILE=/run/secrets/pw",
        "RUN gpg --batch --passphrase '' --quick-generate-key shop",
        "RUN sed -i 's/^password: .*/password: ${DB_PASSWORD}/' /etc/app.yml",
        "RUN sed -i 's/#PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config",
        "RUN echo 'PermitEmptyPasswords no' >> /etc/ssh/sshd_config",
        "RUN mkdir -p /app && ls -p /app && ssh -p 2222 host && docker run -p 8080:80 x",
        "RUN apt-key adv --keyserver keyserver.ubuntu.com --recv-keys 9DA31620334BD75D9DCB49F368818C72E52529D4",
        "RUN curl -fsSL https://deb.example.com/gpg.key | gpg --dearmor -o /usr/share/keyrings/x.gpg",
        "RUN git clone https://github.com/shop/app.git && git config user.email ops@shop.example",
        "RUN mysql -uroot -p\"$MYSQL_ROOT_PASSWORD\" -e 'select 1'",
        "RUN mysql_install_db --user=mysql && mysqld_safe --skip-grant-tables",
        "RUN pip install --index-url https://pypi.shop.example/simple keyring==24.0.0",
        "RUN openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=x",
        "RUN openssl rsa -in x -passin env:PASSPHRASE",
        "LABEL org.opencontainers.image.revision=9f8a7c6b5d4e3f2a1b0c9f8a7c6b5d4e3f2a1b0c",
        "ENV TOKENIZERS_PARALLELISM=false KEYCLOAK_VERSION=24.0.1 AUTH_MODE=oidc",
        "RUN npm config set registry https://npm.shop.example/ && npm cache clean --force",
        "RUN echo $TOKEN | gh auth login --with-token",
        "RUN if [ -z \"$NPM_TOKEN\" ]; then echo 'no token: exit'; exit 1; fi",
        "RUN vault login -method=aws role=shop",
        "RUN kubectl create secret generic db --from-file=/run/secrets/db",
    ];
    for step in steps {
        assert_eq!(in_command(step), None, "{step}");
    }
}

#[test]
fn words_that_no_shell_parts_are_judged() {
    let found = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        crate::in_arguments(&words).is_some()
    };
    assert!(found(&["serve", "--db-password", "hunter2secret"]));
    assert!(found(&["java", "-Dspring.datasource.password=hunter2secret", "-jar", "a.jar"]));
    assert!(found(&["/bin/sh", "-c", "export DB_PASSWORD=hunter2secret; exec ./serve"]));
    assert!(found(&["sh", "-c", "mysql -uroot -phunter2 -e 'select 1'"]));
    assert!(found(&["curl", "-H", "Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c", "https://api.shop.example"]));
    assert!(!found(&["serve", "--db-password", "$(DB_PASSWORD)", "--db-password=$(DB_PASSWORD)"]));
    assert!(!found(&["--password-file", "/run/secrets/db", "--token-ttl=3600"]));
    assert!(!found(&["psql", "--no-password", "--host=db-primary.shop.example"]));
    assert!(!found(&["--secret-name", "shop-db", "--leader-elect", "--metrics-secure=true"]));
}
