# Runs a program as `ruby FILE ARGUMENTS` does, from inside a Ruby that has started: what the command does before and
# after it (arguments, environment, DATA, at_exit, the report of an error, open files, the exit code) is done here.
# `winnow_job` is set in front of this text.
lambda do |entry:, args:, env:, directory:|
  ENV.clear
  env.each { |name, value| ENV[name] = value }
  # The library below knows no locale, so Ruby would take variables for ASCII or for bytes.
  utf8 = ->(text) { text.is_a?(String) ? text.dup.force_encoding(Encoding::UTF_8).freeze : text }
  ENV.singleton_class.prepend(
    Module.new do
      %i[[] key delete].each { |read| define_method(read) { |word, &block| utf8.call(super(word, &block)) } }
      %i[keys values values_at].each { |list| define_method(list) { |*words| super(*words).map(&utf8) } }
      %i[to_h to_hash].each do |copy|
        define_method(copy) do |&block|
          all = super(&nil).to_h { |name, value| [utf8.call(name), utf8.call(value)] }
          block ? all.to_h(&block) : all
        end
      end
      define_method(:fetch) { |word, *rest, &block| key?(word) ? self[word] : super(word, *rest, &block) }
      %i[each each_pair].each do |walk|
        define_method(walk) do |&block|
          next to_enum(walk) unless block

          to_h.each(&block)
          self
        end
      end
      %i[each_key each_value select filter reject slice except invert assoc rassoc inspect].each do |name|
        define_method(name) { |*words, &block| to_h.public_send(name, *words, &block) }
      end
    end,
  )
  Dir.chdir(directory)
  ARGV.replace(args)
  $0 = entry

  ends = []
  Kernel.send(:define_method, :at_exit) do |&block|
    raise ArgumentError, 'called without a block' unless block
    ends << block
    block
  end
  Kernel.send(:module_function, :at_exit)

  status = 0
  attempt = lambda do |&body|
    body.call
    nil
  rescue Exception => e # rubocop:disable Lint/RescueException
    e
  end
  report = lambda do |error|
    next status = error.status if error.is_a?(SystemExit)

    status = 1
    ours = ['(winnow)', 'eval:', '<internal:', "#{entry}:in 'Kernel.eval'"]
    lines = (error.backtrace || []).reject { |line| line.start_with?(*ours) }
    error.set_backtrace(lines.map { |line| line.sub("'<compiled>'", "'<main>'") })
    $stderr.write(error.full_message(highlight: false, order: :top))
  end
  run_ends = lambda do
    while (block = ends.pop)
      error = attempt.call(&block)
      report.call(error) if error
    end
  end

  failure = attempt.call do
    # Of what the variable may say, files to load first.
    env.fetch('RUBYOPT', '').split.each { |word| require word.delete_prefix('-r') if word.start_with?('-r') }
    source = File.binread(entry).force_encoding(Encoding::UTF_8)
    if (found = source.b.match(/^__END__\r?\n/n))
      data = File.open(entry)
      data.seek(found.end(0))
      Object.const_set(:DATA, data)
    end
    RubyVM::InstructionSequence.compile(source, entry, File.expand_path(entry), 1).eval
  end
  if failure
    # Raised again so that the blocks find it in `$!`. It is reported after them, as the command does.
    attempt.call do
      raise failure
    rescue Exception # rubocop:disable Lint/RescueException
      status = failure.is_a?(SystemExit) ? failure.status : 1
      run_ends.call
    end
    report.call(failure) unless failure.is_a?(SystemExit)
  else
    run_ends.call
  end
  ObjectSpace.each_object(IO) do |io|
    io.flush unless io.closed?
  rescue IOError, SystemCallError
    # Not open for writing, or nowhere to write to.
  end
  exit!(status)
end.call(**winnow_job)
